"""The sweep of what reviewers said: one task that cannot be settled holds up no other."""

import pytest

from manyeyes.reports.rules import SlotState
from manyeyes.runtime import settling
from manyeyes.runtime.batching import LARGEST_BATCH
from manyeyes.runtime.context import Context
from manyeyes.runtime.review_sweep import settle_what_reviewers_said
from support.action_stage import Stage
from support.judged_results import asked, decide, taken

POISON = "UPDATE {table} SET pay_micros = {pay} WHERE cell = $1 AND task_id = $2"  # no transfer is less than nothing
OVER = "UPDATE {table} SET settles_at = now() - (1000 - task_id) * interval '1 s' WHERE cell = $1 AND state = 4"


async def voted(stage: Stage) -> int:
    """Let a reviewer vote on a complaint; return its task."""
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.complain(account_id, task_id)
    await stage.change("UPDATE vote_slot SET state = 3 WHERE cell = $1 AND task_id <> $2 AND state = 0", task_id)
    slot = await stage.take(stage.number())
    assert slot
    await stage.vote(slot, undo_seconds=10)
    await stage.go(worker_id)
    return slot.task_id


async def decided(stage: Stage) -> int:
    """Let a reviewer decide a result; return its task."""
    task_id, _ = await asked(stage, "12345", "99")
    await decide(stage, await taken(stage), "12345", 10)
    return task_id


@pytest.mark.parametrize("at_once", [2, LARGEST_BATCH])
@pytest.mark.parametrize(("table", "say"), [("vote_slot", voted), ("judgement", decided)])
async def test_those_that_cannot_be_settled_hold_up_no_other(
    context: Context, stage: Stage, monkeypatch: pytest.MonkeyPatch, at_once: int, table: str, say
):
    monkeypatch.setattr(settling, "LARGEST_BATCH", at_once)
    *poisoned, other, last = [await say(stage) for _ in range(5)]
    await stage.change(OVER.format(table=table))
    for task_id in poisoned:
        await stage.change(POISON.format(table=table, pay=-1), task_id)
    await settle_what_reviewers_said(context, stage.cell)
    paid = "task_id, state"
    states = {row["task_id"]: row["state"] for row in await stage.rows(table, paid, "state IN (2, 4)")}
    assert states == dict.fromkeys(poisoned, SlotState.ASIDE) | dict.fromkeys((other, last), SlotState.VOTED)
    for task_id in poisoned:
        await stage.change(POISON.format(table=table, pay=100), task_id)
    await settle_what_reviewers_said(context, stage.cell)
    assert {row["state"] for row in await stage.rows(table, paid, "state IN (2, 4)")} == {SlotState.VOTED}
    assert (await stage.books()).findings == []
