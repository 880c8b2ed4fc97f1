"""take_back: for ten seconds an answer, or a skip, is as if it had not been; then it is what it was."""

from datetime import timedelta

import pytest

from manyeyes.actions.lay_aside import LaidAside
from manyeyes.actions.take_queues import TakeQueues, take_queues
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


async def test_all_leases_together_are_three_however_often_it_is_taken_back(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease, shown_at = await stage.lease(worker_id), stage.now
    ends = []
    for _ in range(3):
        stage.later(LEASE_SECONDS - 10)
        await lay(stage, worker_id, lease)
        stage.later(5)
        taken = await back(stage, worker_id, lease)
        assert isinstance(taken, Work)
        assert taken.desk_since == shown_at
        assert taken.lease_until is not None
        ends.append((taken.lease_until - shown_at).total_seconds())
    assert ends == [55 + LEASE_SECONDS, 110 + LEASE_SECONDS, 3 * LEASE_SECONDS]
    stage.later(10)
    await lay(stage, worker_id, lease)
    stage.later(UNDO_SECONDS - 5)
    before = await stage.everything()
    refused = await back(stage, worker_id, lease)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.KEPT_TOO_LONG
    assert await stage.everything() == before


async def test_who_mends_a_word_is_not_quick_and_what_lay_behind_was_looked_at_too(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    lease = await stage.lease(worker_id)
    stage.later(20)
    await lay(stage, worker_id, lease, "abd")
    stage.later(4)
    await back(stage, worker_id, lease)
    stage.later(1)
    await lay(stage, worker_id, lease, "abc")
    assert await stage.rows("work", "aside_ms", f"task_id = {first}") == [{"aside_ms": 25_000}]
    assert await stage.rows("session", "took_ms") == [{"took_ms": 25_000}]
    (again,) = await stage.desk(worker_id)
    assert (again.task_id, again.desk_since) == (second, stage.now - timedelta(seconds=4))
    assert again.lease_until == stage.now + timedelta(seconds=LEASE_SECONDS)
    stage.later(2)
    await stage.answer(worker_id, stage.lease_of(again))
    assert await stage.rows("session", "took_ms") == [{"took_ms": 6_000}]


async def test_what_lay_behind_is_theirs_for_three_leases_that_they_look_at_it(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    _, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease)
    stage.later(4)
    await stage.change(
        "UPDATE work SET desk_since = $2 WHERE cell = $1 AND state = 1", stage.now - timedelta(seconds=170)
    )
    await back(stage, worker_id, lease)
    stage.later(30)
    answered = await stage.answer(worker_id, lease)
    assert not isinstance(answered, Refusal)
    assert answered.next_work is not None
    assert answered.next_work.task_id == second
    assert answered.next_work.lease_until == stage.now + timedelta(seconds=3 * LEASE_SECONDS - 170)
    assert await stage.desk(worker_id) == [answered.next_work]


async def test_who_is_given_what_lay_behind_was_not_shown_it_before(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    _, second = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.match()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease)
    stage.later(4)
    await back(stage, worker_id, lease)
    other = await stage.worker()
    await stage.hand_out()
    (given,) = await stage.desk(other)
    assert (given.task_id, given.desk_since, given.aside_ms) == (second, stage.now, 0)


async def test_what_they_looked_at_comes_before_what_they_never_saw(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first = await stage.submit(account_id)
    await stage.hand_out()
    second = await stage.submit(account_id, task_id=900)
    await stage.match()
    lease = await stage.lease(worker_id)
    laid = await lay(stage, worker_id, lease)
    assert isinstance(laid, LaidAside)
    unseen = await stage.submit(account_id, task_id=800)
    await stage.match()
    await back(stage, worker_id, lease)
    assert [work.task_id for work in await stage.desk(worker_id)] == [first, second, unseen]
    answered = await stage.answer(worker_id, lease)
    assert not isinstance(answered, Refusal)
    assert answered.next_work is not None
    assert answered.next_work.task_id == second


@pytest.mark.parametrize("text", ["abc", None])
async def test_nothing_of_what_was_withdrawn_is_kept(stage: Stage, text: str | None):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    stage.later(1)
    await lay(stage, worker_id, lease, text)
    await back(stage, worker_id, lease)
    columns = "aside_text, aside_reason, aside_until, aside_ms"
    nothing = [{"aside_text": None, "aside_reason": "", "aside_until": None, "aside_ms": 0}]
    assert await stage.rows("work", columns) == nothing
    await lay(stage, worker_id, lease, None)
    stage.later(UNDO_SECONDS)
    await settle(stage)
    assert await stage.rows("work", columns, "state = 0") == nothing


@pytest.mark.parametrize("queues", [(1,), (1, 2)])
async def test_who_does_not_get_its_queue_any_more_takes_nothing_back(stage: Stage, queues: tuple[int, ...]):
    account_id, worker_id = await stage.account(), await stage.worker(*queues)
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    await lay(stage, worker_id, lease)
    await stage.act(take_queues, TakeQueues(stage.cell, worker_id, (1,)))
    before = await stage.everything()
    refused = await back(stage, worker_id, lease)
    assert isinstance(refused, Refusal)
    assert refused.reason is (Reason.QUEUE_LOST if queues[1:] else Reason.NOT_ONLINE)
    assert await stage.everything() == before


async def test_who_has_left_takes_nothing_back_and_who_is_on_a_break_does(stage: Stage):
    account_id = await stage.account()
    for offline in (True, False):
        worker_id = await stage.worker()
        await stage.submit(account_id)
        await stage.hand_out()
        lease = await stage.lease(worker_id)
        await lay(stage, worker_id, lease)
        await stage.go(worker_id, offline=offline)
        before = await stage.everything()
        taken = await back(stage, worker_id, lease)
        if offline:
            assert isinstance(taken, Refusal)
            assert taken.reason is Reason.NOT_ONLINE
            assert await stage.everything() == before
        else:
            assert isinstance(taken, Work)


async def test_a_plain_answer_or_skip_settles_what_was_before_it(stage: Stage):
    account_id = await stage.account()
    for act in (stage.answer, stage.skip):
        worker_id = await stage.worker()
        first = await stage.submit(account_id)
        await stage.hand_out()
        await stage.submit(account_id)
        await stage.match()
        lease = await stage.lease(worker_id)
        await lay(stage, worker_id, lease)
        await act(worker_id, await stage.lease(worker_id))
        refused = await back(stage, worker_id, lease)
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.TOO_LATE
        assert (await settle(stage)).task_ids == (first,)
        await stage.go(worker_id)
        await stage.change("DELETE FROM work WHERE cell = $1")
