"""Settling what is due: it ends with nothing left but what could not be settled, or with a database that is away."""

import asyncpg
import pytest
from structlog.testing import capture_logs

from manyeyes.actions.settle_aside import SettleAside, settle_aside
from manyeyes.dispatch.looks.store import due_aside
from manyeyes.runtime import settling
from manyeyes.runtime.batching import Batcher, Unavailable
from manyeyes.runtime.context import Context
from manyeyes.runtime.settling import settle_due
from support.action_stage import Stage
from support.laid_aside import lay_what_is_over, people_with_answers


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each round settle one alone."""
    monkeypatch.setattr(settling, "LARGEST_BATCH", 1)


async def test_who_has_more_to_settle_meanwhile_has_it_settled_too(context: Context, stage: Stage):
    (first,) = await people_with_answers(stage, 1)
    rounds: list[int] = []

    async def settle(worker_id: int) -> bool:
        rounds.append(worker_id)
        settled = await context.batcher.ask(settle_aside, SettleAside(stage.cell, worker_id))
        if len(rounds) == 1:
            await lay_what_is_over(stage, [first])
        return bool(settled.task_ids)

    await settle_due(context, stage.cell, due_aside, settle)
    assert rounds == [first, first]
    assert await stage.rows("work") == []


async def test_whoever_takes_something_back_just_now_is_left(context: Context, stage: Stage):
    busy, other = await people_with_answers(stage, 2)

    async def settle(worker_id: int) -> bool:
        return bool((await context.batcher.ask(settle_aside, SettleAside(stage.cell, worker_id))).task_ids)

    async with stage.transaction() as tx:
        await tx.execute("SELECT FROM session WHERE cell = $1 AND worker_id = $2 FOR UPDATE", stage.cell, busy)
        await settle_due(context, stage.cell, due_aside, settle)
    assert [row["worker_id"] for row in await stage.rows("work", "worker_id")] == [busy]
    assert [row["worker_id"] for row in await stage.rows("result", "worker_id")] == [other]


async def test_a_database_that_is_away_is_told_of_once(context: Context, stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "LARGEST_BATCH", 3)
    await people_with_answers(stage, 3)
    batcher = Batcher(context.cells, context.disk_room, patience_seconds=0.0)

    async def away(tx: asyncpg.Connection, now, commands) -> None:
        raise ConnectionRefusedError("nobody listens")

    async def settle(worker_id: int) -> bool:
        return bool(await batcher.ask(away, SettleAside(stage.cell, worker_id)))

    with capture_logs() as logs, pytest.raises(Unavailable):
        await settle_due(context, stage.cell, due_aside, settle)
    assert [entry for entry in logs if entry["event"] == "not_settled"] == []
