"""leave: away keeps the current picture, offline gives everything back."""

from manyeyes.actions.leave import Leave, leave
from manyeyes.dispatch.rules import WorkState
from support.action_stage import Stage


async def two_on_the_desk(stage: Stage) -> tuple[int, list[int]]:
    account_id, worker_id = await stage.account(), await stage.worker()
    tasks = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.hand_out()
    assert len(await stage.desk(worker_id)) == 2
    return worker_id, tasks


async def test_offline_returns_all_at_once(stage: Stage):
    worker_id, _ = await two_on_the_desk(stage)
    assert await stage.go(worker_id) == (1,)
    assert not await stage.desk(worker_id)
    assert (
        await stage.rows("work", "state, worker_id, lease_until, failures, tried")
        == [{"state": WorkState.WAITING, "worker_id": 0, "lease_until": None, "failures": 0, "tried": []}] * 2
    )
    (session,) = await stage.rows("session")
    assert (session["present"], session["queues"], session["held"]) == (False, [], 0)
    assert await stage.hand_out() == ()


async def test_away_returns_only_what_lay_queued(stage: Stage):
    worker_id, (current, queued) = await two_on_the_desk(stage)
    assert await stage.go(worker_id, offline=False) == (1,)
    assert [(w.task_id, w.state) for w in await stage.desk(worker_id)] == [(current, WorkState.LEASED)]
    (session,) = await stage.rows("session")
    assert (session["present"], session["queues"], session["held"]) == (False, [1], 1)
    other = await stage.worker()
    await stage.hand_out()
    assert (await stage.lease(other)).task_id == queued


async def test_who_is_away_may_still_answer_in_time(stage: Stage):
    worker_id, (current, _) = await two_on_the_desk(stage)
    await stage.go(worker_id, offline=False)
    assert (await stage.answer(worker_id, await stage.lease(worker_id))).task_id == current
    assert [row["held"] for row in await stage.rows("session", "held")] == [0]


async def test_offline_wins_over_away_in_one_batch_and_leaving_twice_is_harmless(stage: Stage):
    worker_id, _ = await two_on_the_desk(stage)
    stranger = stage.number()
    batch = [Leave(stage.cell, worker_id, True), Leave(stage.cell, worker_id, False), Leave(stage.cell, stranger, True)]
    assert await stage.act(leave, *batch) == [(1,), (1,), ()]
    assert not await stage.desk(worker_id)
    before = await stage.everything()
    assert await stage.act(leave, *batch) == [(), (), ()]
    assert await stage.everything() == before


async def test_a_returned_task_may_come_back_to_the_same_worker(stage: Stage):
    worker_id, tasks = await two_on_the_desk(stage)
    await stage.go(worker_id)
    await stage.come(worker_id)
    await stage.hand_out()
    assert (await stage.lease(worker_id)).task_id == tasks[0]
    assert (await stage.lease(worker_id)).number == 2


async def test_a_node_speaks_only_for_workers_who_are_present_through_it(stage: Stage):
    worker_id = await stage.worker()
    [[node_id]] = [row.values() for row in await stage.rows("session", "node_id")]
    for missed_by, present in ((node_id + 1, True), (node_id, False)):
        await stage.act(leave, Leave(stage.cell, worker_id, offline=False, node_id=missed_by))
        assert [row["present"] for row in await stage.rows("session", "present")] == [present]


async def test_a_crowd_leaves_in_one_batch(stage: Stage):
    account_id, workers = await stage.account(), [await stage.worker() for _ in range(6)]
    for _ in range(12):
        await stage.submit(account_id)
    await stage.hand_out()
    await stage.hand_out()
    outcomes = await stage.act(leave, *[Leave(stage.cell, w, offline=False, node_id=1) for w in workers])
    assert outcomes == [(1,)] * 6
    assert len(await stage.rows("work", "task_id", "state = 0")) == 6
    held = await stage.rows("session", "held, present, silent")
    assert held == [{"held": 1, "present": False, "silent": True}] * 6


async def test_who_leaves_gives_back_what_they_have_not_seen(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.match()
    assert await stage.go(worker_id, offline=False) == (1,)
    assert not await stage.desk(worker_id)
    other = await stage.worker()
    assert await stage.hand_out() == (other,)
    assert (await stage.lease(other)).task_id == task_id
