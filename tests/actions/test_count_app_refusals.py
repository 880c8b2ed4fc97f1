"""count_app_refusals: every refused call counts once, by app, day and reason."""

from typing import Any

from manyeyes.actions.count_app_refusals import CountAppRefusal, count_app_refusals
from manyeyes.values.refusals import Reason
from support.action_stage import Stage


async def counts(stage: Stage) -> list[Any]:
    rows = await stage.rows("app_refusal_day", "soft_id, day, reason, times")
    return [(row["soft_id"], row["day"], row["reason"], row["times"]) for row in rows]


async def test_each_refusal_is_added_to_its_day(stage: Stage):
    full, poor = (CountAppRefusal(stage.cell, 847, r) for r in (Reason.QUEUE_FULL, Reason.BALANCE_TOO_LOW))
    other = CountAppRefusal(stage.cell, 9, Reason.QUEUE_FULL)
    assert await stage.act(count_app_refusals, full, poor, full, other) == [None] * 4
    today = stage.now.date()
    assert await counts(stage) == [
        (847, today, "balance_too_low", 1),
        (847, today, "queue_full", 2),
        (9, today, "queue_full", 1),
    ]
    await stage.act(count_app_refusals, full)
    stage.later(86_400)
    await stage.act(count_app_refusals, full)
    assert (847, today, "queue_full", 3) in await counts(stage)
    assert (847, stage.now.date(), "queue_full", 1) in await counts(stage)
