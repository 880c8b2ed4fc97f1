"""sample_queues: how queues look is kept once a minute, by whoever is first."""

from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.sample_queues import SampleQueues, sample_queues
from manyeyes.tasks.rules import Ending
from support.action_stage import Stage


async def test_the_last_whole_minute_is_kept_once_with_what_came_and_ran_out(stage: Stage):
    account_id = await stage.account()
    await stage.worker()
    for _ in range(3):
        await stage.submit(account_id)
    await stage.change("UPDATE result SET ending = $2 WHERE cell = $1", Ending.UNANSWERED)
    await stage.act(measure_depths, MeasureDepths(stage.cell))
    stage.later(90)
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [1]
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [0]
    (row,) = await stage.rows("queue_sample")
    assert (row["queue_id"], row["waiting"], row["present"]) == (1, 3, 1)
    stage.later(60)
    assert await stage.act(sample_queues, SampleQueues(stage.cell), SampleQueues(stage.cell)) == [1, 1]
    assert len(await stage.rows("queue_sample")) == 2


async def test_a_minute_is_counted_once_though_nothing_was_there(stage: Stage):
    """Every process asks three times a minute, and counts all that came and ran out in it only where it is first."""
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [0]
    await stage.worker()
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [0]
    assert await stage.rows("queue_sample") == []
    stage.later(60)
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [1]


async def test_a_minute_in_which_nothing_was_there_leaves_nothing(stage: Stage):
    assert await stage.act(sample_queues, SampleQueues(stage.cell)) == [0]
    assert await stage.rows("queue_sample") == []
