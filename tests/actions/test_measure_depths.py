"""measure_depths: how deep each queue is, up to its capacity."""

from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from support.action_stage import Stage


async def depths(stage: Stage) -> dict[int, tuple[int, int]]:
    await stage.act(measure_depths, MeasureDepths(stage.cell))
    return {row["queue_id"]: (row["waiting"], row["average_micros"]) for row in await stage.rows("queue_depth")}


async def test_waiting_tasks_are_counted_and_their_bids_averaged(stage: Stage):
    account_id = await stage.account()
    for _ in range(3):
        await stage.submit(account_id)
    dear = await stage.submit(account_id)
    await stage.change("UPDATE work SET bid_micros = 1100 WHERE cell = $1 AND task_id = $2", dear)
    assert await depths(stage) == {1: (4, 800), 2: (0, 0)}


async def test_what_lies_on_desks_does_not_wait(stage: Stage):
    account_id = await stage.account()
    await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
    await stage.hand_out()
    assert (await depths(stage))[1] == (2, 700)


async def test_nothing_deeper_than_the_capacity_is_counted(stage: Stage):
    account_id = await stage.account()
    for _ in range(3):
        await stage.submit(account_id)
    await stage.set_queue(capacity=2)
    assert (await depths(stage))[1] == (2, 700)


async def test_a_second_measurement_takes_the_place_of_the_first(stage: Stage):
    await depths(stage)
    await stage.submit(await stage.account())
    assert (await depths(stage))[1] == (1, 700)
    assert len(await stage.rows("queue_depth")) == 2
