"""The operator gives a queue back, or turns an appeal down (docs/decisions/0062)."""

from manyeyes.actions.appeal_bars import AppealBar, appeal_bars
from manyeyes.actions.decide_bars import DecideBar, decide_bars
from manyeyes.values.refusals import Refusal
from support.action_stage import Stage
from support.barred_people import bar


async def decide(stage: Stage, worker_id: int, *, is_lifted: bool) -> bool | Refusal:
    command = DecideBar(cell=stage.cell, worker_id=worker_id, queue_id=1, is_lifted=is_lifted, answer="seen")
    (outcome,) = await stage.act(decide_bars, command)
    return outcome


async def test_an_appeal_is_turned_down_and_the_queue_given_back(stage: Stage):
    worker_id = await stage.worker()
    assert isinstance(await decide(stage, worker_id, is_lifted=True), Refusal), "nobody is stopped"
    await bar(stage, worker_id)
    assert isinstance(await decide(stage, worker_id, is_lifted=False), Refusal), "nothing to turn down"
    await stage.act(appeal_bars, AppealBar(stage.cell, worker_id, 1, "I was right"))
    assert await decide(stage, worker_id, is_lifted=False) is False
    (skill,) = await stage.rows("skill")
    assert (skill["appeal_accepted"], skill["appeal_answer"], skill["barred_at"] is None) == (False, "seen", False)
    assert await decide(stage, worker_id, is_lifted=True) is True
    (skill,) = await stage.rows("skill")
    assert (skill["barred_at"], skill["since"], skill["suspicion"]) == (None, stage.now, 1.0)
    await stage.come(worker_id)
    (session,) = await stage.rows("session")
    assert session["queues"] == [1]
