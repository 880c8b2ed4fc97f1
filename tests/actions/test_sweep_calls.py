"""sweep_calls: a call's answer stays while the call could come again, and an imported file's mark for ever."""

from manyeyes.actions.import_results import import_results
from manyeyes.actions.sweep_calls import MARGIN_SECONDS, SweepCalls, sweep_calls
from support.action_stage import Stage
from support.recognition_calls import Calls, app_of, importing

WINDOW = 600


async def test_only_what_cannot_come_again_is_swept(stage: Stage):
    calls = Calls(stage, app_of(await stage.account(), cell=stage.cell))
    await calls.record(nonce="old")
    await stage.act(import_results, importing(stage, calls.recognitions[0], ["2022-12-05,1,false,0.9,a"]))
    stage.later(1)
    await calls.record(nonce="new")
    stage.later(2 * WINDOW + MARGIN_SECONDS - 1)
    assert await stage.act(sweep_calls, SweepCalls(stage.cell, WINDOW)) == [0]
    assert (await calls.record(nonce="old")).is_repeated
    stage.later(1)
    assert await stage.act(sweep_calls, SweepCalls(stage.cell, WINDOW), SweepCalls(stage.cell, 0)) == [1, 1]
    assert len(await stage.rows("recognition_call")) == 2
    stage.later(10_000_000)
    assert await stage.act(sweep_calls, SweepCalls(stage.cell, WINDOW)) == [1]
    assert [row["at"].year for row in await stage.rows("recognition_call")] == [9999]
    assert len(await stage.rows("recognition_result")) == 3


async def test_a_sweep_is_bounded_and_takes_the_oldest(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.sweep_calls.LARGEST_SWEEP", 2)
    calls = Calls(stage, app_of(await stage.account(), cell=stage.cell))
    for n in range(3):
        await calls.record(nonce=f"{n}")
        stage.later(1)
    stage.later(2 * WINDOW + MARGIN_SECONDS)
    assert await stage.act(sweep_calls, SweepCalls(stage.cell, WINDOW)) == [2]
    assert (await calls.record(nonce="2")).is_repeated
    assert await stage.act(sweep_calls, SweepCalls(stage.cell, WINDOW)) == [1]
