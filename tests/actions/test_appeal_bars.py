"""One appeal for each time that somebody was stopped (docs/decisions/0062)."""

from datetime import datetime

from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.barred_people import bar


async def appeal(stage: Stage, worker_id: int, words: str = "I was right") -> datetime | Refusal:
    (outcome,) = await stage.act(appeal_bars, AppealBar(stage.cell, worker_id, 1, words))
    return outcome


async def test_there_is_one_appeal(stage: Stage):
    worker_id = await stage.worker()
    assert isinstance(await appeal(stage, worker_id), Refusal)
    await bar(stage, worker_id)
    filed = await appeal(stage, worker_id)
    assert filed == stage.now
    stage.later(5)
    assert await appeal(stage, worker_id) == filed, "the same again is the same"
    again = await appeal(stage, worker_id, "once more")
    assert isinstance(again, Refusal)
    assert again.reason is Reason.ALREADY_APPEALED
