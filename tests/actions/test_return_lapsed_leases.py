"""return_lapsed_leases: whose time is over loses the task, is away, and has not failed."""

from manyeyes.actions.return_lapsed_leases import Lapsed, ReturnLapsedLeases, return_lapsed_leases
from manyeyes.dispatch.rules import WorkState
from support.action_stage import LEASE_SECONDS, Stage


async def lapse(stage: Stage) -> Lapsed:
    (lapsed,) = await stage.act(return_lapsed_leases, ReturnLapsedLeases(stage.cell))
    return lapsed


async def test_a_lapsed_lease_returns_the_task_and_marks_the_worker_away(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    await stage.hand_out()
    stage.later(LEASE_SECONDS - 0.001)
    before = await stage.everything()
    assert await lapse(stage) == Lapsed((), ())
    assert await stage.everything() == before
    stage.later(0.001)
    assert await lapse(stage) == Lapsed((1,), (worker_id,))
    (work,) = await stage.rows("work", "task_id, state, worker_id, tried, failures, lease_until")
    assert (work["task_id"], work["state"], work["worker_id"]) == (task_id, WorkState.WAITING, 0)
    assert (work["tried"], work["failures"], work["lease_until"]) == ([], 0, None)
    (session,) = await stage.rows("session")
    assert (session["present"], session["held"], session["queues"]) == (False, 0, [1])


async def test_a_lapse_is_no_failure_so_the_same_worker_may_get_it_again(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.submit(account_id)
    for number in range(1, 7):
        await stage.come(worker_id)
        await stage.hand_out()
        assert (await stage.lease(worker_id)).number == number
        stage.later(LEASE_SECONDS)
        await lapse(stage)
    assert [row["task_id"] for row in await stage.rows("work", "task_id")] == [task_id]
    assert not await stage.rows("result")


async def test_what_lay_queued_behind_a_lapsed_task_goes_back_with_it(stage: Stage):
    account_id, gone = await stage.account(), await stage.worker()
    tasks = [await stage.submit(account_id) for _ in range(2)]
    await stage.hand_out()
    await stage.hand_out()
    stage.later(LEASE_SECONDS)
    assert await lapse(stage) == Lapsed((1,), (gone,))
    assert [w["state"] for w in await stage.rows("work", "task_id, state")] == [WorkState.WAITING] * 2
    assert [row["held"] for row in await stage.rows("session", "held")] == [0]
    other = await stage.worker()
    await stage.hand_out()
    await stage.hand_out()
    assert [w.task_id for w in await stage.desk(other)] == tasks


async def test_several_workers_and_queues_lapse_in_one_sweep(stage: Stage):
    account_id = await stage.account()
    one, two, busy = await stage.worker(1), await stage.worker(2), await stage.worker(1)
    for queue_id in (1, 2):
        await stage.submit(account_id, queue_id=queue_id)
        await stage.hand_out(queue_id)
    stage.later(30)
    await stage.submit(account_id)
    await stage.hand_out()
    stage.later(30)
    lapsed = await lapse(stage)
    assert lapsed.queue_ids == (1, 2)
    assert set(lapsed.worker_ids) == {one, two}
    assert len(await stage.desk(busy)) == 1
    present = {row["worker_id"]: row["present"] for row in await stage.rows("session", "worker_id, present")}
    assert present == {one: False, two: False, busy: True}


async def test_a_lapse_sweeps_a_bounded_number_and_goes_on_next_time(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.return_lapsed_leases.LARGEST_SWEEP", 2)
    account_id = await stage.account()
    for _ in range(3):
        await stage.submit(account_id)
        await stage.worker()
    await stage.hand_out()
    stage.later(LEASE_SECONDS)
    counts = [len((await lapse(stage)).worker_ids) for _ in range(3)]
    assert counts == [2, 1, 0]


async def again(stage: Stage, worker_id) -> None:
    """The worker's page asks again, and they are handed the task once more."""
    await stage.change(
        "UPDATE session SET present = cardinality(queues) > 0 WHERE cell = $1 AND worker_id = $2", worker_id
    )
    await stage.hand_out()


async def test_a_second_lapse_in_a_row_takes_the_worker_offline(stage: Stage):
    worker_id = await stage.worker()
    await stage.submit(await stage.account())
    for queues in ([1], []):
        await again(stage, worker_id)
        stage.later(LEASE_SECONDS)
        await lapse(stage)
        assert [list(row["queues"]) for row in await stage.rows("session", "queues")] == [queues]
    await again(stage, worker_id)
    assert await stage.desk(worker_id) == []


async def test_an_answer_between_two_lapses_shows_that_somebody_sits_there(stage: Stage):
    worker_id, account_id = await stage.worker(), await stage.account()
    for _ in range(2):
        await stage.submit(account_id)
        await again(stage, worker_id)
        stage.later(LEASE_SECONDS)
        await lapse(stage)
        await again(stage, worker_id)
        await stage.answer(worker_id, await stage.lease(worker_id))
    assert [list(row["queues"]) for row in await stage.rows("session", "queues")] == [[1]]
