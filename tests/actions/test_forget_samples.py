"""forget_samples: what no chart shows any more goes, the rest stays."""

from manyeyes.actions.forget_samples import KEPT_MINUTES, ForgetSamples, forget_samples
from support.action_stage import Stage


async def test_samples_of_ten_weeks_are_kept(stage: Stage):
    minute = int(stage.now.timestamp()) // 60
    for ago in (0, KEPT_MINUTES, KEPT_MINUTES + 1):
        sample = "INSERT INTO queue_sample VALUES ($1, 1, $2, 1, 1, 1, 1)"
        await stage.change(sample, minute - ago)
    await stage.act(forget_samples, ForgetSamples(stage.cell))
    kept = {row["minute"] for row in await stage.rows("queue_sample")}
    assert kept == {minute, minute - KEPT_MINUTES}
