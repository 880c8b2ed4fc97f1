"""The sweep of what is laid aside: one batch for all, and one that cannot be settled holds up nobody else."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import pytest

from manyeyes.actions.settle_aside import AsideSettled, SettleAside, settle_aside
from manyeyes.dispatch.rules import WorkState
from manyeyes.runtime import aside_sweep, settling
from manyeyes.runtime.aside_sweep import settle_what_is_aside
from manyeyes.runtime.batching import LARGEST_BATCH
from manyeyes.runtime.context import Context
from support.action_stage import Stage
from support.laid_aside import people_with_answers

POISON = "UPDATE work SET aside_text = NULL, aside_reason = 'none' WHERE cell = $1 AND worker_id = $2 AND state = 4"


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Return whose answers each batch is to settle, filled as they come."""
    seen: list[list[int]] = []

    async def noted(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleAside]) -> list[AsideSettled]:
        seen.append([command.worker_id for command in commands])
        return await settle_aside(tx, now, commands)

    monkeypatch.setattr(aside_sweep, "settle_aside", noted)
    return seen


async def test_all_are_settled_in_one_batch_the_oldest_first(context: Context, stage: Stage, batches: list[list[int]]):
    people = await people_with_answers(stage, 5)
    await settle_what_is_aside(context, stage.cell)
    assert batches == [people]
    assert sorted(row["worker_id"] for row in await stage.rows("result", "worker_id")) == people
    await settle_what_is_aside(context, stage.cell)
    assert batches == [people], "nobody is asked about when nothing is left"
    assert (await stage.books()).findings == []


@pytest.mark.parametrize("at_once", [2, LARGEST_BATCH])
async def test_those_that_cannot_be_settled_hold_up_nobody_else(
    context: Context, stage: Stage, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    monkeypatch.setattr(settling, "LARGEST_BATCH", at_once)
    *poisoned, other, last = await people_with_answers(stage, 5)
    for worker_id in poisoned:
        await stage.change(POISON, worker_id)
    await settle_what_is_aside(context, stage.cell)
    assert sorted(row["worker_id"] for row in await stage.rows("result", "worker_id")) == [other, last]
    left = await stage.rows("work", "worker_id, state")
    assert left == [{"worker_id": worker_id, "state": WorkState.ASIDE} for worker_id in poisoned]
    await stage.change("UPDATE work SET aside_text = 'abc' WHERE cell = $1 AND state = 4")
    await settle_what_is_aside(context, stage.cell)
    assert await stage.rows("work") == []
    assert (await stage.books()).findings == []


async def test_a_sweep_goes_on_until_nothing_is_left(
    context: Context, stage: Stage, batches: list[list[int]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settling, "LARGEST_BATCH", 2)
    people = await people_with_answers(stage, 5)
    await settle_what_is_aside(context, stage.cell)
    assert batches == [people[:2], people[2:4], people[4:]]
