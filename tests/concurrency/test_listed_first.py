"""A listed worker who is idle gets their customer's next task before anyone else, wherever either of them stands."""

import asyncio

import pytest

from manyeyes.actions.report_tokens import ReportToken, TokenReported, report_tokens
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.allow_list.rules import STANDING_SECONDS
from manyeyes.dispatch.rules import TURN_UNIT
from manyeyes.reports.rules import ReportKind
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from manyeyes.tasks.rules import RECAPTCHA_KINDS, RECAPTCHA_V3
from manyeyes.values.refusals import Reason
from manyeyes.workers.rules import SkipReason
from support import factories
from support.action_stage import Stage


async def current(stage: Stage, worker_id) -> int | None:
    desk = await stage.desk(worker_id)
    return desk[0].task_id if desk else None


async def crowd(stage: Stage, size) -> list[int]:
    """Workers who have been idle for longer than whoever comes next."""
    workers = [await stage.worker() for _ in range(size)]
    stage.later(1)
    return workers


async def test_a_listed_worker_comes_before_those_who_have_been_idle_for_longer(stage: Stage):
    account_id = await stage.account()
    await crowd(stage, 3)
    listed = await stage.worker()
    await stage.think(account_id, listed)
    task_id = await stage.submit(account_id)
    assert await stage.hand_out() == (listed,)
    assert await current(stage, listed) == task_id


async def test_they_are_found_behind_all_who_are_looked_at(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.hand_out.SPARE_WORKERS", 1)
    account_id = await stage.account()
    await crowd(stage, 6)
    listed = await stage.worker()
    await stage.think(account_id, listed)
    task_id = await stage.submit(account_id)
    assert await stage.hand_out() == (listed,)
    assert await current(stage, listed) == task_id


async def test_they_are_found_among_more_entries_than_are_read(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.hand_out.SPARE_WORKERS", 1)
    monkeypatch.setattr("manyeyes.actions.shared.customer_preferences.LONGEST_LISTS", 2)
    account_id = await stage.account()
    await crowd(stage, 6)
    listed = await stage.worker()
    for worker_id in (listed, *range(10_000, 10_005)):
        await stage.think(account_id, worker_id)
    await stage.submit(account_id)
    assert await stage.hand_out() == (listed,)


async def test_their_customer_s_task_is_found_behind_the_head(stage: Stage):
    flood, customer = await stage.account(), await stage.account()
    for _ in range(20):
        await stage.submit(flood)
    await stage.change("UPDATE work SET bid_micros = 9000 WHERE cell = $1")
    behind = [await stage.submit(customer) for _ in range(2)]
    listed = await stage.worker()
    await stage.think(customer, listed)
    assert await stage.hand_out() == (listed,)
    assert await current(stage, listed) == behind[0], "the oldest one"


async def test_the_others_get_the_queue_s_head_meanwhile(stage: Stage):
    flood, customer = await stage.account(), await stage.account()
    first = [await stage.submit(flood) for _ in range(5)]
    behind = await stage.submit(customer)
    listed, *others = [await stage.worker() for _ in range(3)]
    await stage.think(customer, listed)
    await stage.hand_out()
    assert await current(stage, listed) == behind
    assert {await current(stage, w) for w in others} == set(first[:2])


async def test_a_task_that_they_have_tried_does_not_hide_their_customer_s_next_one(stage: Stage):
    flood, customer = await stage.account(), await stage.account()
    listed = await stage.worker()
    await stage.think(customer, listed)
    tried = await stage.submit(customer)
    await stage.hand_out()
    await stage.skip(listed, await stage.lease(listed), SkipReason.OTHER)
    assert await current(stage, listed) is None
    await stage.go(listed)
    for _ in range(3):
        await stage.submit(flood)
    fresh = await stage.submit(customer)
    await stage.come(listed)
    await stage.hand_out()
    assert await current(stage, listed) == fresh != tried


async def test_two_accounts_list_them_and_the_older_task_wins(stage: Stage):
    younger, older = await stage.account(), await stage.account()
    task_id = await stage.submit(older)
    stage.later(1)
    await stage.submit(younger)
    await stage.change("UPDATE work SET turn = 100 WHERE cell = $1 AND task_id = $2", task_id)
    listed = await stage.worker()
    for account_id in (younger, older):
        await stage.think(account_id, listed)
    await stage.hand_out()
    assert await current(stage, listed) == task_id


async def test_age_is_the_instant_and_not_the_number(stage: Stage):
    """Each process takes numbers in blocks: a younger task may have the lower one."""
    customer, other = await stage.account(), await stage.account()
    older = await stage.submit(customer, task_id=5_000)
    stage.later(1)
    await stage.submit(other, task_id=4_000)
    listed = await stage.worker()
    for account_id in (customer, other):
        await stage.think(account_id, listed)
    await stage.hand_out()
    assert await current(stage, listed) == older


async def test_of_more_customers_than_a_run_asks_the_one_who_praised_last_is_asked(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.shared.customer_preferences.MOST_LISTS", 1)
    accounts, listed = [await stage.account() for _ in range(3)], await stage.worker()
    tasks = {account_id: await stage.submit(account_id) for account_id in accounts}
    for account_id in (accounts[0], accounts[2], accounts[1]):
        await stage.think(account_id, listed)
        stage.later(1)
    await stage.hand_out()
    assert await current(stage, listed) == tasks[accounts[1]]


@pytest.mark.parametrize(("seconds", "is_listed"), [(STANDING_SECONDS - 0.001, True), (STANDING_SECONDS, False)])
async def test_for_an_hour_and_no_longer(stage: Stage, seconds, is_listed):
    account_id, listed = await stage.account(), await stage.worker()
    await stage.think(account_id, listed)
    stage.later(seconds)
    await stage.come(listed)
    patient = await stage.worker()
    await stage.change(
        "UPDATE session SET idle_since = idle_since - interval '1 s' WHERE cell = $1 AND worker_id = $2", patient
    )
    await stage.submit(account_id)
    assert await stage.hand_out() == ((listed,) if is_listed else (patient,))


async def test_in_any_queue_of_the_account_in_which_they_are_online(stage: Stage):
    account_id = await stage.account()
    listed = await stage.worker(1)
    await stage.think(account_id, listed)
    await stage.worker(2)
    task_id = await stage.submit(account_id, queue_id=2)
    await stage.hand_out(2)
    assert await current(stage, listed) is None, "they are not online there"
    await stage.go(listed)
    await stage.worker(2)
    stage.later(1)
    await stage.come(listed, 1, 2)
    await stage.submit(account_id, queue_id=2)
    assert await stage.hand_out(2) == (listed,)
    assert await current(stage, listed) != task_id


async def test_who_is_busy_or_away_is_not_waited_for(stage: Stage):
    account_id, other = await stage.account(), await stage.account()
    listed = await stage.worker()
    await stage.think(account_id, listed)
    await stage.submit(other)
    await stage.hand_out()
    idle = await stage.worker()
    task_id = await stage.submit(account_id)
    assert await stage.hand_out() == (idle,)
    assert await current(stage, idle) == task_id
    await stage.answer(listed, await stage.lease(listed))
    await stage.go(listed, offline=False)
    third = await stage.worker()
    await stage.submit(account_id)
    assert await stage.hand_out() == (third,)


async def test_when_they_leave_between_match_and_delivery_somebody_else_gets_it(stage: Stage):
    account_id, listed = await stage.account(), await stage.worker()
    await stage.think(account_id, listed)
    other = await stage.worker()
    task_id = await stage.submit(account_id)
    assert await stage.hand_out() == (listed,)
    gone = await stage.lease(listed)
    assert await stage.go(listed) == (1,)
    assert await stage.hand_out() == (other,)
    assert await current(stage, other) == task_id
    assert (await stage.answer(listed, gone)).reason is Reason.LEASE_LOST
    assert (await stage.answer(other, await stage.lease(other))).task_id == task_id
    assert (await stage.books()).findings == []


async def test_listed_tasks_from_behind_leave_the_others_places_as_they_are(stage: Stage):
    """Else whoever comes next would stand behind everything that was jumped."""
    flood, customer, newcomer = [await stage.account() for _ in range(3)]
    for _ in range(10):
        await stage.submit(flood)
        await stage.submit(customer)
    listed = await stage.worker()
    await stage.think(customer, listed)
    for _ in range(6):
        await stage.hand_out()
        await stage.answer(listed, await stage.lease(listed))
    gate = await stage.pool.fetchval("SELECT virtual_turn FROM gate WHERE cell = 1 AND queue_id = 1")
    assert gate == 0, "the flood's first task still waits"
    task_id = await stage.submit(newcomer)
    await stage.think(customer, listed, filtered=True)
    turns = {row["task_id"]: row["turn"] for row in await stage.rows("work", "task_id, turn")}
    assert sorted(turns.values()).index(turns[task_id]) <= 1


async def test_where_only_listed_workers_serve_the_queue_s_time_goes_on(stage: Stage):
    customer, newcomer = await stage.account(), await stage.account()
    listed = await stage.worker()
    await stage.think(customer, listed)
    for _ in range(10):
        await stage.submit(customer)
    for _ in range(5):
        await stage.hand_out()
        await stage.answer(listed, await stage.lease(listed))
    await stage.submit(newcomer)
    [row] = await stage.rows("work", "turn", f"account_id = {newcomer}")
    assert row["turn"] >= 3 * TURN_UNIT, "the newcomer does not begin where the queue began"


async def test_from_whichever_process_the_task_came(dsn, settings: Settings):
    """The customer praises and submits through one process, the listed worker waits in another one."""
    here, there = [await open_context(settings, dsn) for _ in range(2)]
    try:
        customer, listed = await factories.customer(here), await factories.hand(there)
        praised = await factories.submit(here, customer, kind=RECAPTCHA_V3)
        desk = WorkerDesk(there)
        await desk.online(listed.worker)
        lease = await desk.next(listed.worker, 5)
        await desk.answer(listed.worker, lease.lease, "token")
        word = ReportToken(
            cell=1,
            account_id=customer.account_id,
            task_id=praised.task_id,
            kind=ReportKind.TOKEN_CORRECT,
            takes=RECAPTCHA_KINDS,
        )
        assert isinstance(await here.batcher.ask(report_tokens, word), TokenReported)
        patient = [await factories.hand(here) for _ in range(3)]
        for hand in patient:
            await WorkerDesk(here).online(hand.worker)
        async with here.cells.pool(1).acquire() as db:
            await db.execute("UPDATE session SET idle_since = now() WHERE worker_id = $1", listed.worker.worker_id)
        waiting = asyncio.create_task(desk.next(listed.worker, 20))
        submitted = await factories.submit(here, customer)
        assert isinstance(submitted, Submitted)
        here.dispatcher.wake(1, [1], became_idle=False)
        assert (await waiting).lease.task_id == submitted.task_id
    finally:
        for context in (here, there):
            await context.close()
