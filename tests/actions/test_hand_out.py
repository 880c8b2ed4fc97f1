"""hand_out: who gets what, once, and the next picture already there."""

from manyeyes.actions.hand_out import HandedOut, HandOut, hand_out
from manyeyes.dispatch.rules import TURN_UNIT, WorkState
from manyeyes.values.refusals import Reason
from manyeyes.workers.rules import SkipReason
from support.action_stage import LEASE_SECONDS, Stage


async def test_a_waiting_task_goes_to_an_idle_worker(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    assert await stage.act(hand_out, HandOut(stage.cell, 1)) == [HandedOut((worker_id,))]
    (work,) = await stage.desk(worker_id)
    assert (work.task_id, work.state, work.lease) == (task_id, WorkState.QUEUED, 1), "nobody has seen it yet"
    assert (work.lease_until - stage.now).total_seconds() == 2 * LEASE_SECONDS
    assert [row["held"] for row in await stage.rows("session", "held")] == [1]


async def test_nothing_happens_without_tasks_workers_or_a_gate(stage: Stage):
    assert await stage.hand_out() == ()
    await stage.submit(await stage.account())
    assert await stage.hand_out() == ()
    assert await stage.hand_out(queue_id=77) == ()
    worker_id = await stage.worker(2)
    assert await stage.hand_out(2) == ()
    assert not await stage.desk(worker_id)


async def test_the_longest_idle_worker_gets_the_oldest_task(stage: Stage):
    account_id = await stage.account()
    patient = await stage.worker()
    stage.later(1)
    fresh = await stage.worker()
    older, newer = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    assert (await stage.lease(patient)).task_id == older
    assert (await stage.lease(fresh)).task_id == newer


async def test_each_task_goes_out_once_and_each_desk_takes_two(stage: Stage):
    account_id = await stage.account()
    workers = [await stage.worker() for _ in range(2)]
    tasks = [await stage.submit(account_id) for _ in range(6)]
    for _ in range(4):
        await stage.hand_out()
    desks = [await stage.desk(w) for w in workers]
    assert [[w.state for w in desk] for desk in desks] == [[WorkState.LEASED, WorkState.QUEUED]] * 2
    assert sorted(w.task_id for desk in desks for w in desk) == tasks[:4]
    assert [row["held"] for row in await stage.rows("session", "held")] == [2, 2]
    assert await stage.hand_out() == ()


async def test_somebody_idle_takes_what_lies_queued_on_a_busy_desk(stage: Stage):
    account_id, busy = await stage.account(), await stage.worker()
    first, second = await stage.submit(account_id), await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    queued = (await stage.desk(busy))[1]
    idle = await stage.worker()
    assert set(await stage.hand_out()) == {busy, idle}
    (stolen,) = await stage.desk(idle)
    assert (stolen.task_id, stolen.state, stolen.lease) == (second, WorkState.LEASED, queued.lease + 1)
    assert [w.task_id for w in await stage.desk(busy)] == [first]
    assert [row["held"] for row in await stage.rows("session", "held")] == [1, 1]


async def test_a_stolen_task_can_no_longer_be_answered_by_whom_it_was_stolen_from(stage: Stage):
    account_id, busy = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    queued = (await stage.desk(busy))[1]
    await stage.worker()
    await stage.hand_out()
    lease = (await stage.lease(busy)).__class__(stage.cell, queued.task_id, queued.lease)
    assert (await stage.answer(busy, lease)).reason is Reason.LEASE_LOST


async def test_a_waiting_task_is_taken_before_a_queued_one_is_stolen(stage: Stage):
    account_id, busy = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    queued = await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    idle = await stage.worker()
    waiting = await stage.submit(account_id)
    await stage.hand_out()
    assert (await stage.lease(idle)).task_id == waiting
    assert (await stage.desk(busy))[1].task_id == queued


async def test_who_has_tried_all_that_waits_is_passed_over(stage: Stage):
    account_id, picky = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
        await stage.hand_out()
        await stage.skip(picky, await stage.lease(picky), SkipReason.OTHER)
    assert await stage.hand_out() == ()
    other = await stage.worker()
    assert await stage.hand_out() == (other,)


async def test_nobody_stays_idle_behind_a_head_that_they_have_tried(stage: Stage):
    """The head holds as many tasks as there are workers: what lies behind it must be reached as well."""
    account_id, picky = await stage.account(), await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
        await stage.hand_out()
        await stage.skip(picky, await stage.lease(picky), SkipReason.OTHER)
    untried = await stage.submit(account_id)
    other = await stage.worker()
    (handed,) = await stage.act(hand_out, HandOut(stage.cell, 1))
    assert handed.again, "the head was full and somebody is idle: look further at once"
    assert await stage.desk(other)
    await stage.hand_out()
    assert (await stage.lease(picky)).task_id == untried


async def test_a_queued_task_that_the_idle_worker_has_tried_does_not_hide_another(stage: Stage):
    account_id, picky = await stage.account(), await stage.worker()
    tried = await stage.submit(account_id)
    await stage.hand_out()
    await stage.skip(picky, await stage.lease(picky), SkipReason.OTHER)
    await stage.go(picky)
    busy = [await stage.worker() for _ in range(2)]
    await stage.change("UPDATE work SET bid_micros = 100 WHERE cell = $1 AND task_id = $2", tried)
    current = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    assert sorted([(await stage.lease(w)).task_id for w in busy]) == current
    await stage.change("UPDATE work SET bid_micros = 9000 WHERE cell = $1 AND task_id = $2", tried)
    untried = await stage.submit(account_id)
    await stage.hand_out()
    assert sorted([(await stage.desk(w))[1].task_id for w in busy]) == [tried, untried]
    await stage.come(picky)
    await stage.hand_out()
    assert (await stage.lease(picky)).task_id == untried


async def test_a_higher_bid_goes_first(stage: Stage):
    account_id = await stage.account()
    low, high = await stage.submit(account_id), await stage.submit(account_id)
    await stage.change("UPDATE work SET bid_micros = 9000 WHERE cell = $1 AND task_id = $2", high)
    first = await stage.worker()
    await stage.hand_out()
    assert (await stage.lease(first)).task_id == high
    second = await stage.worker()
    await stage.hand_out()
    assert (await stage.lease(second)).task_id == low


async def test_a_flood_of_one_account_does_not_starve_another(stage: Stage):
    loud, quiet = await stage.account(), await stage.account()
    for _ in range(20):
        await stage.submit(loud)
    workers = [await stage.worker() for _ in range(3)]
    await stage.hand_out()
    assert (await stage.pool.fetchval("SELECT virtual_turn FROM gate WHERE cell = 1 AND queue_id = 1")) == 2 * TURN_UNIT
    single = await stage.submit(quiet)
    for worker_id in workers:
        await stage.answer(worker_id, await stage.lease(worker_id))
    await stage.hand_out()
    assert single in [(await stage.lease(w)).task_id for w in workers]


async def test_who_is_away_or_in_another_queue_gets_nothing(stage: Stage):
    account_id, away, elsewhere = await stage.account(), await stage.worker(), await stage.worker(2)
    await stage.submit(account_id)
    await stage.go(away, offline=False)
    assert await stage.hand_out() == ()
    assert not await stage.desk(elsewhere)


async def test_a_full_head_says_that_there_may_be_more(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.hand_out.LARGEST_HEAD", 2)
    monkeypatch.setattr("manyeyes.actions.hand_out.SPARE_WORKERS", 0)
    account_id = await stage.account()
    for _ in range(5):
        await stage.submit(account_id)
        await stage.worker()
    again = [(await stage.act(hand_out, HandOut(stage.cell, 1)))[0].again for _ in range(4)]
    assert again == [True, True, False, False]
    assert len(await stage.rows("work", "task_id", "worker_id > 0")) == 5


async def test_a_worker_is_found_behind_many_who_have_tried_the_task(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.hand_out.SPARE_WORKERS", 1)
    account_id = await stage.account()
    task_id = await stage.submit(account_id)
    for _ in range(4):
        worker_id = await stage.worker()
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id), SkipReason.OTHER)
    stage.later(1)
    last = await stage.worker()
    assert await stage.hand_out() == (last,)
    assert (await stage.lease(last)).task_id == task_id


async def test_when_only_a_task_came_no_queued_one_is_stolen(stage: Stage):
    account_id, busy = await stage.account(), await stage.worker()
    for _ in range(2):
        await stage.submit(account_id)
        await stage.hand_out()
    idle = await stage.worker()
    only_tasks = HandOut(stage.cell, 1, became_idle=False)
    assert await stage.act(hand_out, only_tasks) == [HandedOut(())]
    assert await stage.act(hand_out, only_tasks, HandOut(stage.cell, 1)) == [HandedOut((idle, busy))] * 2


async def test_a_batch_runs_each_queue_once(stage: Stage):
    account_id = await stage.account()
    one, two = await stage.worker(1), await stage.worker(2)
    await stage.submit(account_id, queue_id=1)
    await stage.submit(account_id, queue_id=2)
    runs = [HandOut(stage.cell, q) for q in (2, 1, 2)]
    outcomes = await stage.act(hand_out, *runs)
    assert [outcome.worker_ids for outcome in outcomes] == [(two,), (one,), (two,)]
