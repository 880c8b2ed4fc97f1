"""No task lies with somebody who does not ask while another one asks: whatever the matcher meets on its way."""

import asyncio

import pytest

from manyeyes.actions.answer_tasks import Answered, answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import WorkState
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason
from support import factories
from support.action_stage import Stage
from support.races import race

ROUNDS = range(5)
IS_ANYBODY_WAITING = (  # asked a hundred times a second
    "SELECT count(*) > 0 FROM pg_sleep(0.01), pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
HAND_OUT = (hand_out, [HandOut(1, 1)])


async def until_somebody_waits(stage: Stage) -> None:
    """Wait until another transaction waits for a lock."""
    while not await stage.pool.fetchval(IS_ANYBODY_WAITING):
        pass


async def unseen_on_a_silent_desk(stage: Stage) -> tuple[int, int]:
    """Give a task to a worker who does not ask; return both."""
    account_id, silent = await stage.account(), stage.number()
    await stage.come_silently(silent)
    task_id = await stage.submit(account_id)
    assert await stage.match() == (silent,)
    return silent, task_id


@pytest.mark.parametrize("_", ROUNDS)
async def test_a_task_is_shown_to_its_holder_or_given_to_who_asks_and_never_both(stage: Stage, _):
    silent, _task = await unseen_on_a_silent_desk(stage)
    lease = await stage.lease(silent)
    asking = await stage.worker()
    [shown], _ = await race(stage, (show_desks, [ShowDesk(stage.cell, silent)]), HAND_OUT)
    [row] = await stage.rows("work", "task_id, worker_id, state, lease")
    kept = bool(shown)
    assert row["worker_id"] == (silent if kept else asking)
    assert row["state"] == (WorkState.LEASED if kept else WorkState.QUEUED)
    assert row["lease"] == lease.number + (not kept)
    held = {r["worker_id"]: r["held"] for r in await stage.rows("session", "worker_id, held")}
    assert held == {silent: int(kept), asking: int(not kept)}
    outcome = await stage.answer(silent, lease)
    assert isinstance(outcome, Answered) if kept else outcome.reason is Reason.LEASE_LOST


async def test_while_it_is_being_shown_it_is_not_taken(stage: Stage):
    silent, _ = await unseen_on_a_silent_desk(stage)
    asking = await stage.worker()
    async with stage.transaction() as showing:
        assert await show_desks(showing, stage.now, [ShowDesk(stage.cell, silent)]) != [[]]
        assert await stage.match() == ()
    assert await stage.match() == ()
    assert not await stage.desk(asking)


async def test_while_it_is_being_taken_it_is_not_shown(stage: Stage):
    silent, task_id = await unseen_on_a_silent_desk(stage)
    asking = await stage.worker()
    async with stage.transaction() as matching:
        assert await hand_out(matching, stage.now, [HandOut(1, 1)])
        showing = asyncio.create_task(stage.act(show_desks, ShowDesk(stage.cell, silent)))
        await until_somebody_waits(stage)
    assert await showing == [[]]
    assert [work.task_id for work in await stage.desk(asking)] == [task_id]


async def test_an_answer_to_what_was_taken_unseen_says_so(stage: Stage):
    silent, _ = await unseen_on_a_silent_desk(stage)
    lease = await stage.lease(silent)
    await stage.worker()
    async with stage.transaction() as matching:
        await hand_out(matching, stage.now, [HandOut(1, 1)])
        answering = asyncio.create_task(stage.act(answer_tasks, stage.answering(silent, lease)))
        await until_somebody_waits(stage)
    [outcome] = await answering
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.LEASE_LOST


async def test_a_head_for_busy_workers_does_not_hide_what_lies_on_desks(stage: Stage):
    """What waits is nothing for who is idle; the head is then read for busy ones; the idle one takes from a desk."""
    account_id, picky = await stage.account(), await stage.worker()
    tried = await stage.submit(account_id)
    await stage.hand_out()
    await stage.skip(picky, await stage.lease(picky), SkipReason.OTHER)
    await stage.go(picky)
    await stage.change("UPDATE work SET queue_id = 2 WHERE cell = $1 AND task_id = $2", tried)
    full, desk = await stage.worker(), [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.hand_out()
    half, third = await stage.worker(), await stage.submit(account_id)
    await stage.hand_out()
    assert [[work.task_id for work in await stage.desk(w)] for w in (full, half)] == [desk, [third]]
    await stage.change("UPDATE work SET queue_id = 1 WHERE cell = $1 AND task_id = $2", tried)
    await stage.come(picky)
    await stage.match()
    desks = [[work.task_id for work in await stage.desk(w)] for w in (full, half, picky)]
    assert desks == [desk[:1], [third, tried], desk[1:]]


async def test_a_holder_who_is_locked_does_not_hide_another_one_s_task(stage: Stage):
    account_id = await stage.account()
    busy = [await stage.worker() for _ in range(2)]
    for _ in range(4):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    behind = {w: (await stage.desk(w))[1].task_id for w in busy}
    first = min(behind, key=lambda w: behind[w])
    (second,) = set(busy) - {first}
    idle = await stage.worker()
    async with stage.transaction() as other:
        await workers.lock_sessions(other, stage.cell, [first])
        assert set(await stage.match()) == {second, idle}
    assert [work.task_id for work in await stage.desk(idle)] == [behind[second]]


async def test_a_task_that_is_locked_does_not_hide_the_next_one(stage: Stage):
    account_id, busy = await stage.account(), [await stage.worker() for _ in range(2)]
    for _ in range(4):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    behind = sorted([(await stage.desk(w))[1].task_id for w in busy])
    idle = await stage.worker()
    async with stage.transaction() as other:
        await other.execute("SELECT FROM work WHERE cell = 1 AND task_id = $1 FOR UPDATE", behind[0])
        assert idle in await stage.match()
    assert [work.task_id for work in await stage.desk(idle)] == behind[1:]


async def test_what_came_while_a_run_waited_for_the_gate_is_matched_by_it(stage: Stage):
    account_id = await stage.account()
    asking = [await stage.worker() for _ in range(2)]
    tasks = [await stage.submit(account_id)]  # else there is nothing to wait for
    async with stage.transaction() as other:
        await dispatch.lock_gate(other, stage.cell, 1)
        matching = asyncio.create_task(stage.match())
        await until_somebody_waits(stage)
        tasks.append(await stage.submit(account_id))
    assert sorted(await matching) == asking
    desks = [await stage.desk(worker_id) for worker_id in asking]
    assert sorted(work.task_id for desk in desks for work in desk) == tasks


async def test_an_answer_wakes_all_queues_that_its_worker_serves(context: Context, monkeypatch):
    customer, hand = (
        await factories.customer(context),
        await factories.hand(context, queues=(1, 2), languages=("en", "ru")),
    )
    for _ in range(2):
        await factories.submit(context, customer)
    lease = await factories.taken(context, hand)
    desk = WorkerDesk(context)
    await context.batcher.ask(hand_out, HandOut(1, 1))
    assert (await desk.both(hand.worker))[1] is not None
    woken: set[int] = set()
    monkeypatch.setattr(context.dispatcher, "wake", lambda cell, queue_ids, **_: woken.update(queue_ids))
    taken = await desk.answer(hand.worker, lease.lease, "12345")
    assert not isinstance(taken, Refusal)
    assert taken.next is not None, "the next one of queue 1 was on their desk; behind it is room for queue 2"
    assert woken == {1, 2}


async def test_behind_somebody_who_thinks_a_task_waits_two_seconds_and_then_stands_in_its_turn(stage: Stage):
    account_id, thinking = await stage.account(), await stage.worker()
    first, passed = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    backlog = [await stage.submit(account_id) for _ in range(20)]
    fast = await stage.worker()
    await stage.hand_out()
    assert (await stage.lease(fast)).task_id == backlog[0], "what lies there for a moment is not taken for its sake"
    await stage.answer(fast, await stage.lease(fast))
    stage.later(2)
    await stage.hand_out()
    assert (await stage.lease(fast)).task_id == passed
    assert first in [work.task_id for work in await stage.desk(thinking)]


async def test_who_answers_quickly_and_is_never_idle_takes_it_as_well(stage: Stage):
    account_id, thinking, fast = await stage.account(), await stage.worker(), await stage.worker()
    for _ in range(30):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    passed = (await stage.desk(thinking))[1].task_id
    answered: list[int] = []
    for _ in range(26):
        stage.later(0.1)
        lease = await stage.lease(fast)
        answered.append(lease.task_id)
        await stage.answer(fast, lease)
        assert await stage.desk(fast), "the next one lay there already"
        await stage.hand_out()
    assert passed in answered
    assert 20 <= answered.index(passed) <= 23, "two seconds, and what lay on their own desk"


async def test_among_equals_who_think_longer_nothing_changes_desks(stage: Stage):
    account_id, crowd = await stage.account(), []
    for _ in range(30):
        await stage.submit(account_id)
    for _ in range(3):
        crowd.append(await stage.worker())
        await stage.hand_out()
        await stage.hand_out()
        stage.later(2)
    for _ in range(3):
        for worker_id in crowd:
            behind = (await stage.desk(worker_id))[1].task_id
            outcome = await stage.answer(worker_id, await stage.lease(worker_id))
            assert isinstance(outcome, Answered)
            assert outcome.next_work is not None
            assert outcome.next_work.task_id == behind, "the picture was fetched in advance, and is the next one"
            await stage.hand_out()
            stage.later(2)
    assert {row["lease"] for row in await stage.rows("work", "lease", "state <> 0")} == {1}


async def test_what_somebody_left_unseen_goes_to_the_next_one_who_asks(context: Context):
    """A worker's wait is over, and they never call again."""
    customer, gone, asking = (
        await factories.customer(context),
        await factories.hand(context),
        await factories.hand(context),
    )
    desk = WorkerDesk(context)
    await desk.online(gone.worker)
    assert await desk.next(gone.worker, 0) is None
    submitted = await factories.submit(context, customer)
    async with asyncio.timeout(10), context.cells.pool(1).acquire() as db:
        while not await dispatch.desks(db, 1, {gone.worker.worker_id}):  # who still ends their wait is passed over
            context.dispatcher.wake(1, [1], became_idle=False)
            await asyncio.sleep(0.01)
    await desk.online(asking.worker)
    lease = await desk.next(asking.worker, 20)
    assert lease is not None
    assert not isinstance(lease, Refusal)
    assert lease.lease.task_id == submitted.task_id
    assert await desk.both(gone.worker) == (None, None)
