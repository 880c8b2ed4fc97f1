"""renew_leases: who works at a task keeps it, up to three leases in all, and is never taken for gone."""

from datetime import timedelta

import pytest

from manyeyes.actions.renew_leases import RenewLease, renew_leases
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.values.lease_time import LEASES_IN_ALL, Renewed
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import LEASE_SECONDS, Stage


async def renew(stage: Stage, worker_id: int, lease: LeaseId) -> Renewed | Refusal:
    (outcome,) = await stage.act(renew_leases, RenewLease(stage.cell, worker_id, lease))
    return outcome


@pytest.fixture
async def shown(stage: Stage) -> tuple[int, LeaseId]:
    """A worker, and the lease of the task that they have been shown; another one lies behind it."""
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.match()
    return worker_id, await stage.lease(worker_id)


async def test_a_whole_lease_from_now_on_and_what_lies_behind_waits_as_much_longer(stage, shown):
    worker_id, lease = shown
    current, behind = await stage.desk(worker_id)
    latest = stage.now + timedelta(seconds=LEASES_IN_ALL * LEASE_SECONDS)
    stage.later(40)
    assert await renew(stage, worker_id, lease) == Renewed(stage.now + timedelta(seconds=LEASE_SECONDS), latest)
    longer, waiting = await stage.desk(worker_id)
    assert (longer.lease_until, longer.lease) == (current.lease_until + timedelta(seconds=40), current.lease)
    assert longer.desk_since == current.desk_since, "for how long they looked at it counts from the first"
    assert waiting.lease_until == behind.lease_until + timedelta(seconds=40)


async def test_three_leases_in_all_and_not_a_second_more(stage, shown):
    worker_id, lease = shown
    began = stage.now
    for _ in range(5):
        stage.later(LEASE_SECONDS / 2)
        renewed = await renew(stage, worker_id, lease)
    assert renewed.expires_at == renewed.renewable_until == began + timedelta(seconds=3 * LEASE_SECONDS)
    stage.later(LEASE_SECONDS / 2 - 0.001)
    assert (await renew(stage, worker_id, lease)).expires_at == renewed.expires_at
    stage.later(0.001)
    assert (await renew(stage, worker_id, lease)).reason is Reason.LEASE_LOST
    assert (await stage.answer(worker_id, lease)).reason is Reason.LEASE_LOST


async def test_who_asks_for_time_is_awake_and_two_leases_that_run_out_apart_are_no_break(stage, shown):
    worker_id, lease = shown
    await stage.change("UPDATE session SET lapses = 1 WHERE cell = $1 AND worker_id = $2", worker_id)
    await renew(stage, worker_id, lease)
    assert [row["lapses"] for row in await stage.rows("session", "lapses")] == [0]
    stage.later(LEASE_SECONDS)
    await stage.return_lapsed()
    (session,) = await stage.rows("session")
    assert (session["lapses"], session["queues"]) == (1, [1]), "away, and not on a break"


async def test_what_nobody_has_been_shown_is_not_renewed(stage, shown):
    worker_id, _ = shown
    behind = (await stage.desk(worker_id))[1]
    stage.later(10)
    outcome = await renew(stage, worker_id, LeaseId(stage.cell, behind.task_id, behind.lease))
    assert outcome == Renewed(behind.lease_until, None)


async def test_a_lease_that_is_answered_passed_on_or_over_says_so(stage, shown):
    worker_id, lease = shown
    await stage.answer(worker_id, lease)
    assert (await renew(stage, worker_id, lease)).reason is Reason.ALREADY_ANSWERED
    second = await stage.lease(worker_id)
    await stage.skip(worker_id, second)
    assert (await renew(stage, worker_id, second)).reason is Reason.ALREADY_PASSED_ON
    assert (await stage.answer(worker_id, second)).reason is Reason.ALREADY_PASSED_ON
    assert (await renew(stage, stage.number(), lease)).reason is Reason.LEASE_LOST, "a stranger is told nothing"
    other = await stage.worker()
    await stage.hand_out()
    third = await stage.lease(other)
    before = await stage.everything()
    assert (await renew(stage, worker_id, third)).reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_the_books_do_not_know_of_it(stage, shown):
    worker_id, lease = shown
    await renew(stage, worker_id, lease)
    assert (await stage.books()).difference_micros == 0
    await stage.answer(worker_id, lease)
    assert (await stage.books()).difference_micros == 0
