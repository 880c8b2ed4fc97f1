"""take_back: for ten seconds an answer, or a skip, is as if it had not been; then it is what it was."""

from datetime import timedelta

import pytest

from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Work
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import LEASE_SECONDS, Stage
from support.laid_aside import UNDO_SECONDS, back, lay, settle


@pytest.mark.parametrize("text", ["abc", None])
async def test_it_lies_before_them_again_and_what_they_looked_at_behind_it(stage: Stage, text: str | None):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease, text)
    stage.later(UNDO_SECONDS - 1)
    taken = await back(stage, worker_id, lease)
    assert isinstance(taken, Work)
    assert (taken.task_id, taken.lease, taken.state) == (first, lease.number, WorkState.LEASED)
    assert taken.lease_until == stage.now + timedelta(seconds=LEASE_SECONDS)
    assert [(w.task_id, w.state) for w in await stage.desk(worker_id)] == [
        (first, WorkState.LEASED),
        (second, WorkState.QUEUED),
    ]
    assert [row["held"] for row in await stage.rows("session", "held")] == [2]
    before = await stage.everything()
    assert await back(stage, worker_id, lease) == taken, "the same again, whose reply was lost"
    assert await stage.everything() == before
    stage.later(1)
    assert (await settle(stage)).task_ids == ()
    answered = await stage.answer(worker_id, lease, "corrected")
    assert not isinstance(answered, Refusal)
    assert answered.next_work is not None
    assert answered.next_work.task_id == second
    assert (await stage.books()).difference_micros == 0


async def test_too_late_is_when_time_is_over_or_they_have_gone_on_or_it_is_somebody_elses(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    first = await stage.lease(worker_id)
    await lay(stage, worker_id, first)
    second = await stage.lease(worker_id)
    await lay(stage, worker_id, second)
    before = await stage.everything()
    for person, lease in ((worker_id, first), (stage.number(), second)):
        refused = await back(stage, person, lease)
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.TOO_LATE
    stage.later(UNDO_SECONDS)
    refused = await back(stage, worker_id, second)
    assert isinstance(refused, Refusal)
    assert await stage.everything() == before
    await settle(stage)
    refused = await back(stage, worker_id, second)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_LATE
