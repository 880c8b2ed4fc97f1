"""sweep_deliveries: a month after the task, closed deliveries go with their logs."""

from manyeyes.actions.sweep_deliveries import SweepDeliveries, sweep_deliveries
from manyeyes.webhooks.rules import KEPT_DAYS
from support.action_stage import Stage
from support.delivery_receivers import Post, address, ended, receiver

DAY = 86_400


async def test_old_ones_go_with_their_logs_waiting_and_newer_ones_stay(stage: Stage):
    post = Post(stage)
    async with receiver() as heard:
        await ended(stage, address(heard))
        await post.go()
        waiting = await ended(stage, "http://nobody.example/")
        stage.later(DAY)
        newer = await ended(stage, address(heard))
        later = "UPDATE delivery SET next_at = next_at + interval '99 days' WHERE cell = $1 AND task_id = $2"
        await stage.change(later, waiting)
        await post.go()
    stage.later((KEPT_DAYS - 1) * DAY)
    assert await stage.act(sweep_deliveries, SweepDeliveries(stage.cell)) == [0]
    stage.later(1)
    assert await stage.act(sweep_deliveries, SweepDeliveries(stage.cell), SweepDeliveries(stage.cell)) == [1, 1]
    assert {row["task_id"] for row in await post.deliveries()} == {waiting, newer}
    assert {row["task_id"] for row in await post.tries()} == {newer}
    assert await stage.act(sweep_deliveries, SweepDeliveries(stage.cell)) == [0]
