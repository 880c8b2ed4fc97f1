"""answer_tasks: settles, pays once, and refuses whoever comes too late."""

import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.dispatch.rules import WorkState
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.tasks.rules import Ending, ImageOptions
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import LEASE_SECONDS, PAY, PRICE, Stage


async def test_an_answer_settles_pays_and_counts(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id, soft_id=847, ip="203.0.113.7")
    await stage.hand_out()
    stage.later(7)
    lease = await stage.lease(worker_id)
    assert await stage.answer(worker_id, lease, "abc") == Answered(task_id, 1, PAY)
    assert not await stage.rows("work")
    (result,) = await stage.rows("result")
    assert (result["ending"], result["answer"], result["worker_id"]) == (Ending.SOLVED, '{"text": "abc"}', worker_id)
    assert (result["charged_micros"], result["pay_micros"], result["solve_count"]) == (PRICE, PAY, 1)
    assert (result["ended_at"] - result["created_at"]).total_seconds() == 7
    (pending,) = await stage.rows("pending_pay")
    assert (pending["worker_id"], pending["amount_micros"]) == (worker_id, PAY)
    assert (pending["due_at"] - stage.now).total_seconds() == PENDING_SECONDS
    kinds = [row["kind"] for row in await stage.rows("transfer", "kind", f"cause_id = {task_id}")]
    assert sorted(kinds) == [TransferKind.HOLD, TransferKind.SETTLE, TransferKind.PAY]
    (usage,) = await stage.rows("usage_minute")
    assert (usage["tasks"], usage["charged_micros"], usage["soft_id"], usage["ip"]) == (1, PRICE, 847, "203.0.113.7")
    assert usage["minute"] == int(stage.now.timestamp()) // 60
    (minute,) = await stage.rows("queue_minute")
    assert (minute["tasks"], minute["handling_ms"], minute["charged_micros"]) == (1, 7_000, PRICE)
    (session,) = await stage.rows("session")
    assert (session["held"], session["answered"], session["earned_micros"]) == (0, 1, PAY)
    assert session["idle_since"] == stage.now
    assert await stage.available(account_id) == 1_000_000 - PRICE
    assert (await stage.books()).difference_micros == 0


async def test_a_late_answer_is_refused_and_never_paid(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    stage.later(LEASE_SECONDS)
    before = await stage.everything()
    refusal = await stage.answer(worker_id, lease)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.LEASE_LOST
    assert await stage.everything() == before


async def test_an_answer_in_the_last_moment_counts(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    stage.later(LEASE_SECONDS - 0.001)
    assert isinstance(await stage.answer(worker_id, await stage.lease(worker_id)), Answered)


async def test_who_lost_their_lease_cannot_answer_on_the_next_holders(stage: Stage):
    account_id, slow, quick = await stage.account(), await stage.worker(), await stage.worker(2)
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    old = await stage.lease(slow)
    stage.later(LEASE_SECONDS)
    await stage.act(return_lapsed_leases, ReturnLapsedLeases(stage.cell))
    await stage.come(quick, 1)
    await stage.hand_out()
    new = await stage.lease(quick)
    assert new.number == old.number + 1
    for worker_id, lease in ((slow, old), (slow, new), (quick, old)):
        refusal = await stage.answer(worker_id, lease)
        assert refusal.reason is Reason.LEASE_LOST
    assert (await stage.answer(quick, new)).earned_micros == PAY
    assert [row["worker_id"] for row in await stage.rows("pending_pay", "worker_id")] == [quick]
    assert (await stage.answer(slow, old)).reason is Reason.LEASE_LOST
    paid = await stage.rows("transfer", "cause_id", f"kind = {TransferKind.PAY}")
    assert [row["cause_id"] for row in paid] == [task_id]


async def test_the_same_answer_again_is_answered_again_and_paid_once(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    await stage.answer(worker_id, lease, "abc")
    before = await stage.everything()
    assert await stage.answer(worker_id, lease, "abc") == Answered(task_id, 0, PAY)
    assert (await stage.answer(worker_id, lease, "abd")).reason is Reason.ALREADY_ANSWERED
    assert await stage.everything() == before


async def test_outer_blanks_are_no_part_of_an_answer(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id, options=ImageOptions(min_length=4))
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    assert (await stage.answer(worker_id, lease, "a    ")).reason is Reason.ANSWER_UNFIT
    assert await stage.answer(worker_id, lease, " abcd\n") == Answered(task_id, 1, PAY)
    assert [row["answer"] for row in await stage.rows("result", "answer")] == ['{"text": "abcd"}']
    assert await stage.answer(worker_id, lease, " abcd\n") == Answered(task_id, 0, PAY)


async def test_an_answer_is_kept_in_its_one_form_however_it_is_typed_again(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id, options=ImageOptions(max_length=7, phrase=True))
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    for nothing in ("\u200b", "\u2800", "\u0301", "\u202eHu\u1ebf phố", "Huế\x85phố"):
        assert (await stage.answer(worker_id, lease, nothing)).reason is Reason.ANSWER_UNFIT
    assert await stage.answer(worker_id, lease, "\ufeffHue\u0302\u0301\u3000phố") == Answered(task_id, 1, PAY)
    assert [row["answer"] for row in await stage.rows("result", "answer")] == ['{"text": "Huế phố"}']
    assert await stage.answer(worker_id, lease, "Huế phố\u200b") == Answered(task_id, 0, PAY)


async def test_an_answer_twice_in_one_batch_is_paid_once(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    command = stage.answering(worker_id, await stage.lease(worker_id))
    outcomes = await stage.act(answer_tasks, command, command)
    assert outcomes == [Answered(task_id, 1, PAY), Answered(task_id, 0, PAY)]
    assert len(await stage.rows("pending_pay")) == 1
    assert (await stage.books()).difference_micros == 0


async def test_a_repetition_in_a_batch_does_not_answer_for_anybody_else(stage: Stage):
    account_id, right, wrong = await stage.account(), await stage.worker(), await stage.worker(2)
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(right)
    await stage.answer(right, lease, "abc")
    batch = [
        stage.answering(wrong, lease, "abc"),
        stage.answering(right, lease, "abc"),
        stage.answering(right, lease, "other"),
        stage.answering(right, LeaseId(stage.cell, lease.task_id, lease.number + 1), "abc"),
    ]
    outcomes = await stage.act(answer_tasks, *batch)
    assert [isinstance(outcome, Answered) for outcome in outcomes] == [False, True, False, False]


@pytest.mark.parametrize("text", ["", "  ", "12a", "1234567"])
async def test_an_unfit_answer_leaves_the_lease_as_it_is(stage: Stage, text):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id, options=ImageOptions(numeric=1, max_length=6))
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    before = await stage.everything()
    refusal = await stage.answer(worker_id, lease, text)
    assert refusal.reason is Reason.ANSWER_UNFIT
    assert refusal.detail
    assert await stage.everything() == before
    assert isinstance(await stage.answer(worker_id, lease, "123456"), Answered)


async def test_the_queued_task_becomes_current_with_a_whole_lease(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    first, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    assert [(w.task_id, w.state) for w in await stage.desk(worker_id)] == [
        (first, WorkState.LEASED),
        (second, WorkState.QUEUED),
    ]
    stage.later(50)
    answered = await stage.answer(worker_id, await stage.lease(worker_id))
    assert answered.next_work.task_id == second
    (work,) = await stage.desk(worker_id)
    assert work.state is WorkState.LEASED
    assert answered.next_work.lease_until == work.lease_until
    assert (work.lease_until - stage.now).total_seconds() == LEASE_SECONDS
    assert [row["held"] for row in await stage.rows("session", "held")] == [1]


async def test_a_batch_of_many_workers_and_accounts(stage: Stage):
    accounts = [await stage.account(PRICE * 3) for _ in range(2)]
    workers = [await stage.worker() for _ in range(4)]
    for account_id in accounts * 2:
        await stage.submit(account_id)
    await stage.hand_out()
    leases = {worker_id: await stage.lease(worker_id) for worker_id in workers}
    stranger = await stage.worker(2)
    commands = [stage.answering(w, lease) for w, lease in leases.items()] + [
        stage.answering(stranger, leases[workers[0]])
    ]
    outcomes = await stage.act(answer_tasks, *commands)
    assert [type(outcome) for outcome in outcomes] == [Answered] * 4 + [Refusal]
    assert len({outcome.task_id for outcome in outcomes[:4]}) == 4
    usage = await stage.rows("usage_minute", "account_id, tasks, charged_micros")
    assert usage == [{"account_id": a, "tasks": 2, "charged_micros": 2 * PRICE} for a in accounts]
    assert (await stage.books()).difference_micros == 0


async def test_work_without_pay_books_no_pay(stage: Stage):
    await stage.set_queue(pay_micros=0)
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.solve(account_id, worker_id)
    assert not await stage.rows("pending_pay")
    assert not await stage.rows("transfer", where=f"kind = {TransferKind.PAY}")
    assert (await stage.books()).difference_micros == 0


async def test_a_task_keeps_the_price_and_pay_it_came_with(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.set_queue(price_micros=9000, pay_micros=8000)
    await stage.hand_out()
    assert (await stage.answer(worker_id, await stage.lease(worker_id))).earned_micros == PAY
    assert await stage.available(account_id) == 1_000_000 - PRICE


async def test_nobody_answers_for_the_holder_even_in_one_batch_with_them(stage: Stage):
    account_id, holder, stranger = await stage.account(), await stage.worker(), await stage.worker(2)
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(holder)
    batch = [stage.answering(stranger, lease, "mine"), stage.answering(holder, lease, "their")]
    refused, answered = await stage.act(answer_tasks, *batch)
    assert refused.reason is Reason.LEASE_LOST
    assert answered.earned_micros == PAY
    assert [row["answer"] for row in await stage.rows("result", "answer")] == ['{"text": "their"}']
    assert [row["worker_id"] for row in await stage.rows("pending_pay", "worker_id")] == [holder]
