"""forget_samples: what no chart shows any more goes, and skips of long ago; the rest stays."""

from datetime import UTC, timedelta

from manyeyes.actions.forget_samples import KEPT_MINUTES, ForgetSamples, forget_samples
from manyeyes.workers.rules import SKIPS_KEPT_DAYS
from support.action_stage import Stage


async def test_samples_of_ten_weeks_are_kept(stage: Stage):
    minute = int(stage.now.timestamp()) // 60
    for ago in (0, KEPT_MINUTES, KEPT_MINUTES + 1):
        sample = "INSERT INTO queue_sample VALUES ($1, 1, $2, 1, 1, 1, 1)"
        await stage.change(sample, minute - ago)
    await stage.act(forget_samples, ForgetSamples(stage.cell))
    kept = {row["minute"] for row in await stage.rows("queue_sample")}
    assert kept == {minute, minute - KEPT_MINUTES}


async def test_skips_of_400_days_are_kept(stage: Stage):
    today = stage.now.astimezone(UTC).date()
    for ago in (0, SKIPS_KEPT_DAYS, SKIPS_KEPT_DAYS + 1):
        await stage.change("INSERT INTO skip_day VALUES ($1, 7, $2, 1, 'other', 1)", today - timedelta(days=ago))
    await stage.act(forget_samples, ForgetSamples(stage.cell))
    kept = {row["day"] for row in await stage.rows("skip_day")}
    assert kept == {today, today - timedelta(days=SKIPS_KEPT_DAYS)}
