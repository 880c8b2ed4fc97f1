"""skip_tasks: a task goes on to somebody else; five who fail end it, charged."""

from datetime import UTC

import pytest

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.dispatch.rules import WorkState
from manyeyes.ledger.rules import TransferKind
from manyeyes.tasks.rules import Ending
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, PRICE, Stage


async def test_a_skipped_task_returns_to_its_place_and_never_to_the_same_worker(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    assert await stage.skip(worker_id, await stage.lease(worker_id)) == Skipped(first, 1)
    (work, _) = await stage.rows("work", "task_id, state, worker_id, tried, failures, lease_until")
    assert work == {
        "task_id": first,
        "state": WorkState.WAITING,
        "worker_id": 0,
        "tried": [worker_id],
        "failures": 1,
        "lease_until": None,
    }
    await stage.hand_out()
    await stage.hand_out()
    assert [w.task_id for w in await stage.desk(worker_id)] == [second]
    other = await stage.worker()
    await stage.hand_out()
    assert [w.task_id for w in await stage.desk(other)] == [first]


async def test_five_different_workers_who_fail_end_it_charged_and_unpaid(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    workers = [await stage.worker() for _ in range(5)]
    for count in range(1, 6):
        await stage.hand_out()
        (holder,) = [w for w in workers if await stage.desk(w)]
        outcome = await stage.skip(holder, await stage.lease(holder), SkipReason.UNREADABLE)
        assert outcome == Skipped(task_id, 1)
        assert len(await stage.rows("result")) == (count == 5)
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answer"], result["solve_count"]) == (Ending.UNSOLVABLE, None, 5)
    assert (result["charged_micros"], result["pay_micros"], result["worker_id"]) == (PRICE, 0, 0)
    assert not await stage.rows("work")
    assert not await stage.rows("pending_pay")
    assert [r["kind"] for r in await stage.rows("transfer", "kind", f"cause_id = {task_id}")] == [
        TransferKind.HOLD,
        TransferKind.SETTLE,
    ]
    assert await stage.available(account_id) == 1_000_000 - PRICE
    (usage,) = await stage.rows("usage_minute", "tasks, charged_micros")
    assert usage == {"tasks": 1, "charged_micros": PRICE}
    assert (await stage.books()).difference_micros == 0


async def test_who_comes_before_the_last_failure_of_one_batch_repeats_nothing(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    workers = [await stage.worker() for _ in range(5)]
    stranger = await stage.worker(2)  # present, and in no queue that has tasks
    for _ in range(4):
        await stage.hand_out()
        (holder,) = [w for w in workers if await stage.desk(w)]
        await stage.skip(holder, await stage.lease(holder), SkipReason.UNREADABLE)
    await stage.hand_out()
    (holder,) = [w for w in workers if await stage.desk(w)]
    lease = await stage.lease(holder)
    of_a_stranger = SkipTask(stage.cell, stranger, lease, SkipReason.OTHER)
    last = SkipTask(stage.cell, holder, lease, SkipReason.UNREADABLE)
    refused, ended, again = await stage.act(skip_tasks, of_a_stranger, last, last)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.LEASE_LOST
    assert (ended, again) == (Skipped(task_id, 1), Skipped(task_id, 0))


@pytest.mark.parametrize(
    ("reason", "fails"), [("unreadable", 1), ("other", 1), ("upsetting", 0), ("wrong_language", 0)]
)
async def test_only_some_reasons_count_against_the_picture(stage: Stage, reason, fails):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    await stage.skip(worker_id, await stage.lease(worker_id), reason)
    assert await stage.rows("work", "tried, failures") == [{"tried": [worker_id], "failures": fails}]


async def test_any_number_of_workers_may_find_it_upsetting(stage: Stage):
    account_id = await stage.account()
    await stage.submit(account_id)
    for _ in range(6):
        worker_id = await stage.worker()
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id), SkipReason.UPSETTING)
    (work,) = await stage.rows("work", "failures, tried")
    assert work["failures"] == 0
    assert len(work["tried"]) == 6
    assert not await stage.rows("result")


async def test_a_skip_whose_reply_was_lost_is_answered_again_and_counts_once(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    skipped = await stage.skip(worker_id, lease)
    before = await stage.everything()
    assert await stage.skip(worker_id, lease) == Skipped(first, 0, skipped.next_work)
    assert skipped.next_work.task_id == second
    later = LeaseId(stage.cell, first, lease.number + 1)
    assert (await stage.skip(worker_id, later)).reason is Reason.LEASE_LOST
    assert await stage.everything() == before
    other = await stage.worker()
    await stage.hand_out()
    assert [w.task_id for w in await stage.desk(other)] == [first]
    before = await stage.everything()
    assert (await stage.skip(worker_id, lease)).queue_id == 0
    assert (await stage.skip(worker_id, await stage.lease(other))).reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_the_skip_that_ended_a_task_is_answered_again(stage: Stage):
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    for _ in range(5):
        worker_id = await stage.worker()
        await stage.hand_out()
        lease = await stage.lease(worker_id)
        assert await stage.skip(worker_id, lease) == Skipped(task_id, 1)
    before = await stage.everything()
    assert await stage.skip(worker_id, lease) == Skipped(task_id, 0)
    assert (await stage.skip(worker_id, LeaseId(stage.cell, task_id, 4))).reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_what_was_answered_cannot_be_skipped_afterwards(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    await stage.answer(worker_id, lease)
    assert (await stage.skip(worker_id, lease)).reason is Reason.ALREADY_ANSWERED


async def test_a_late_or_foreign_skip_is_refused_and_changes_nothing(stage: Stage):
    account_id, worker_id, other = await stage.account(), await stage.worker(), await stage.worker(2)
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    assert (await stage.skip(other, lease)).reason is Reason.LEASE_LOST
    await stage.skip(worker_id, lease)
    await stage.come(other, 1)
    await stage.hand_out()
    late = await stage.lease(other)
    stage.later(LEASE_SECONDS)
    before = await stage.everything()
    assert (await stage.skip(other, late)).reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_what_lies_queued_comes_next(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    _, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    skipped = await stage.skip(worker_id, await stage.lease(worker_id))
    assert skipped.next_work.task_id == second
    assert [(w.task_id, w.state) for w in await stage.desk(worker_id)] == [(second, WorkState.LEASED)]
    assert [row["held"] for row in await stage.rows("session", "held")] == [1]


async def test_a_batch_of_skips(stage: Stage):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(3)]
    for _ in workers:
        await stage.submit(account_id)
    await stage.hand_out()
    commands = [SkipTask(stage.cell, w, await stage.lease(w), SkipReason.OTHER) for w in workers]
    outcomes = await stage.act(skip_tasks, *commands, commands[0])
    assert [outcome.queue_id for outcome in outcomes] == [1, 1, 1, 0]
    assert [row["held"] for row in await stage.rows("session", "held")] == [0, 0, 0]
    await stage.hand_out()
    desks = {w: [work.task_id for work in await stage.desk(w)] for w in workers}
    assert sum(len(desk) for desk in desks.values()) >= 2
    assert not any(c.lease.task_id in desks[c.worker_id] for c in commands)
    assert (await stage.books()).difference_micros == 0


async def test_a_skip_is_counted_by_its_day_queue_and_reason_and_again_not(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
    for reason in (SkipReason.UNREADABLE, SkipReason.UPSETTING, SkipReason.UNREADABLE):
        await stage.hand_out()
        lease = await stage.lease(worker_id)
        skip = SkipTask(stage.cell, worker_id, lease, reason)
        first, again = await stage.act(skip_tasks, skip, skip)
        assert (first.queue_id, again.queue_id) == (1, 0)
        assert (await stage.skip(worker_id, lease, reason)).queue_id == 0, "repeated in a batch of its own"
    today = stage.now.astimezone(UTC).date()
    rows = await stage.rows("skip_day", "worker_id, day, queue_id, reason, skips")
    assert sorted(tuple(row.values()) for row in rows) == [
        (worker_id, today, 1, "unreadable", 2),
        (worker_id, today, 1, "upsetting", 1),
    ]
