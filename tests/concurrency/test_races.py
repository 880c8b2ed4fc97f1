"""Two connections want the same thing at the same time: one gets it, the other is told so, and the books balance."""

import asyncio

import asyncpg
import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import Submitted, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.dispatch.rules import WorkState
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, LIFE_SECONDS, PAY, PRICE, Stage
from support.races import Batch, race

ROUNDS = range(5)
IS_ANYBODY_WAITING = (  # asked a hundred times a second
    "SELECT count(*) > 0 FROM pg_sleep(0.01), pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_submits_on_the_last_cent(stage: Stage, _):
    account_id = await stage.account(PRICE)
    outcomes = await race(stage, *[(submit_tasks, [stage.submitting(account_id)]) for _ in range(2)])
    taken = [isinstance(outcome, Submitted) for (outcome,) in outcomes]
    assert sorted(taken) == [False, True]
    assert await stage.available(account_id) == 0
    assert len(await stage.rows("work")) == 1
    assert (await stage.books()).difference_micros == 0


async def test_many_submits_never_spend_more_than_there_is(stage: Stage):
    account_id = await stage.account(PRICE * 10)
    batches = [(submit_tasks, [stage.submitting(account_id) for _ in range(3)]) for _ in range(6)]
    outcomes = [outcome for batch in await race(stage, *batches) for outcome in batch]
    assert sum(isinstance(outcome, Submitted) for outcome in outcomes) == 10
    assert {o.reason for o in outcomes if not isinstance(o, Submitted)} == {Reason.BALANCE_TOO_LOW}
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.parametrize("texts", [("abc", "abc"), ("abc", SkipReason.OTHER)])
async def test_two_answers_on_one_lease_are_paid_once(stage: Stage, texts, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    batches = [(answer_tasks, [stage.answering(worker_id, lease, text)]) for text in texts]
    outcomes = [outcome for (outcome,) in await race(stage, *batches)]
    fresh = [o for o in outcomes if isinstance(o, Answered) and o.queue_id]
    assert len(fresh) == 1
    assert sum(isinstance(outcome, Answered) for outcome in outcomes) == (2 if texts[0] == texts[1] else 1)
    assert len(await stage.rows("pending_pay")) == 1
    assert [row["answered"] for row in await stage.rows("session", "answered")] == [1]
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_an_answer_against_the_lapse_of_its_lease(stage: Stage, _):
    """The answer's batch began in the lease's last moment, the lapse's after it: either one wins, wholly."""
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    command = stage.answering(worker_id, await stage.lease(worker_id))
    last_moment = stage.now

    async def answer_in_time(tx: asyncpg.Connection, now, commands) -> list[Answered | Refusal]:
        return await answer_tasks(tx, last_moment, commands)

    stage.later(LEASE_SECONDS)
    (outcome,), _ = await race(
        stage, (answer_in_time, [command]), (return_lapsed_leases, [ReturnLapsedLeases(stage.cell)])
    )
    solved = isinstance(outcome, Answered)
    assert len(await stage.rows("result")) == len(await stage.rows("pending_pay")) == solved
    assert len(await stage.rows("work", where="state = 0")) == (not solved)
    assert [row["held"] for row in await stage.rows("session", "held")] == [0]
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_an_answer_against_a_skip(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    (answered,), (skipped,) = await race(
        stage,
        (answer_tasks, [stage.answering(worker_id, lease)]),
        (skip_tasks, [SkipTask(stage.cell, worker_id, lease, SkipReason.OTHER)]),
    )
    assert isinstance(answered, Answered) != isinstance(skipped, Skipped)
    assert [row["held"] for row in await stage.rows("session", "held")] == [0]
    assert len(await stage.rows("work")) + len(await stage.rows("result")) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_matchers_never_give_a_task_twice(stage: Stage, _):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(5)]
    await stage.act(submit_tasks, *[stage.submitting(account_id) for _ in range(12)])
    for _ in range(2):
        await race(stage, *[(hand_out, [HandOut(stage.cell, 1)]) for _ in range(4)])
    work = await stage.rows("work", "task_id, worker_id, state, lease")
    assert {row["lease"] for row in work} == {0, 1}
    desks = [len(await stage.desk(worker_id)) for worker_id in workers]
    assert desks == [2] * 5
    assert [row["held"] for row in await stage.rows("session", "held")] == desks


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_queued_task_is_stolen_or_promoted_but_never_both(stage: Stage, _):
    account_id, busy = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    queued = await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    idle = await stage.worker()
    answer = stage.answering(busy, await stage.lease(busy))
    (answered,), _ = await race(stage, (answer_tasks, [answer]), (hand_out, [HandOut(stage.cell, 1)]))
    assert isinstance(answered, Answered)
    (work,) = await stage.rows("work", "task_id, worker_id, state")
    # Promoted it is shown by the answer's reply; stolen it lies before somebody who has not looked yet.
    states = {busy: WorkState.LEASED, idle: WorkState.QUEUED}
    assert (work["task_id"], work["state"]) == (queued, states[work["worker_id"]])
    promised = answered.next_work.task_id if answered.next_work else None
    assert promised == (queued if work["worker_id"] == busy else None)
    held = {row["worker_id"]: row["held"] for row in await stage.rows("session", "worker_id, held")}
    assert held == {busy: int(work["worker_id"] == busy), idle: int(work["worker_id"] == idle)}


async def test_matching_and_answering_at_once_never_dead_lock(stage: Stage):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(4)]
    await stage.act(submit_tasks, *[stage.submitting(account_id) for _ in range(60)])
    await stage.hand_out()
    for _ in range(12):
        leases = {w: await stage.lease(w) for w in workers if await stage.desk(w)}
        forward = [stage.answering(w, lease) for w, lease in leases.items()]
        half = len(forward) // 2
        await race(
            stage,
            (answer_tasks, forward[:half] or forward),
            (hand_out, [HandOut(stage.cell, 1)]),
            (answer_tasks, forward[half:][::-1]),
            (hand_out, [HandOut(stage.cell, 1)]),
        )
        await stage.hand_out()
    assert len(await stage.rows("result")) >= 40
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_same_top_up_at_once_is_booked_once(stage: Stage, _):
    account_id = await stage.account(0)
    top_up = TopUp(stage.cell, stage.number(), account_id, 9)
    outcomes = await race(stage, *[(top_up_accounts, [top_up]) for _ in range(3)])
    assert outcomes == [[9]] * 3
    assert await stage.available(account_id) == 9


@pytest.mark.parametrize("_", ROUNDS)
async def test_an_overdue_task_is_ended_or_taken(stage: Stage, _):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    stage.later(LIFE_SECONDS)
    (ended,), _ = await race(
        stage, (end_overdue_tasks, [EndOverdueTasks(stage.cell)]), (hand_out, [HandOut(stage.cell, 1)])
    )
    assert len(await stage.desk(worker_id)) == 1 - ended
    assert len(await stage.rows("result")) == ended
    assert (await stage.books()).difference_micros == 0


async def test_what_is_released_waits_for_balances_in_the_order_of_their_ids(stage: Stage):
    first, second = await stage.account(), await stage.account()
    for account_id, seconds in ((second, 1), (first, 2)):
        await stage.submit(account_id, life_seconds=seconds)
    stage.later(3)
    async with stage.transaction() as other:
        await ledger.lock_balances(other, stage.cell, [first])
        ending = asyncio.create_task(stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell)))
        while not await stage.pool.fetchval(IS_ANYBODY_WAITING):
            pass
        await ledger.lock_balances(other, stage.cell, [second])  # a dead lock, had the sweep begun with this one
    assert await ending == [2]


async def test_sweeps_in_two_processes_vest_and_release_once(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    for _ in range(6):
        await stage.solve(account_id, worker_id)
        await stage.submit(account_id)
        await stage.go(worker_id)
        await stage.change("UPDATE work SET queue_id = 2 WHERE cell = $1")
        await stage.come(worker_id)
    stage.later(max(PENDING_SECONDS, LIFE_SECONDS))
    sweeps: list[Batch] = [(vest_pay, [VestPay(stage.cell)]), (end_overdue_tasks, [EndOverdueTasks(stage.cell)])] * 2
    counts = await race(stage, *sweeps)
    assert sum(count for (count,) in counts[::2]) == 6
    assert sum(count for (count,) in counts[1::2]) == 6
    assert [row["payable_micros"] for row in await stage.rows("wallet", "payable_micros")] == [6 * PAY]
    assert len(await stage.rows("transfer", where=f"kind = {TransferKind.RELEASE}")) == 6
    assert (await stage.books()).difference_micros == 0


async def test_a_crowd_at_once_keeps_the_books(stage: Stage):
    """Everything at the same time, for several accounts and queues, without one dead-lock or lost micro."""
    accounts = [await stage.account(PRICE * 40) for _ in range(3)]
    workers = [await stage.worker(1, 2) for _ in range(4)]

    async def customers(offset: int) -> None:
        for i in range(8):
            order = accounts[offset:] + accounts[:offset]
            commands = [stage.submitting(a, queue_id=1 + (i + n) % 2) for n, a in enumerate(order)]
            await stage.act(submit_tasks, *commands)

    async def matcher(queue_ids: tuple[int, ...]) -> None:
        for _ in range(30):
            await stage.act(hand_out, *[HandOut(stage.cell, q) for q in queue_ids])
            await asyncio.sleep(0.005)

    async def crowd(order: list[int]) -> None:
        for i in range(40):
            desks = [(w, await stage.desk(w)) for w in order]
            leases = [(w, stage.lease_of(desk[0])) for w, desk in desks if desk]
            if not leases:
                await asyncio.sleep(0.005)
            elif i % 5 == 4:
                await stage.act(skip_tasks, *[SkipTask(stage.cell, w, lease, SkipReason.OTHER) for w, lease in leases])
            else:
                await stage.act(answer_tasks, *[stage.answering(w, lease) for w, lease in leases])

    async def periodic_jobs() -> None:
        for _ in range(15):
            stage.later(LEASE_SECONDS / 4)
            await stage.act(return_lapsed_leases, ReturnLapsedLeases(stage.cell))
            await stage.act(vest_pay, VestPay(stage.cell))
            for worker_id in workers:
                await stage.come(worker_id, 1, 2)

    crowds = [crowd(workers), crowd(workers[::-1])]
    await asyncio.gather(customers(0), customers(1), matcher((1, 2)), matcher((2,)), *crowds, periodic_jobs())
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])
    ended = await stage.rows("result", "task_id")
    assert len(ended) >= 4, "the crowd was at work"
    assert len(ended) + len(await stage.rows("work", "task_id")) == len(await stage.rows("task", "task_id")) == 48
    held = {row["worker_id"]: row["held"] for row in await stage.rows("session", "worker_id, held")}
    assert held == {worker_id: len(await stage.desk(worker_id)) for worker_id in workers}
