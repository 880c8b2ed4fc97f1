"""forget_standings: only what is over goes, at exactly one hour, once."""

from typing import Any

from manyeyes.actions.forget_standings import ForgetStandings, forget_standings
from manyeyes.allow_list.rules import STANDING_SECONDS
from support.action_stage import Stage


async def forget(stage: Stage) -> int:
    return (await stage.act(forget_standings, ForgetStandings(stage.cell)))[0]


async def left(stage: Stage) -> set[Any]:
    return {(row["account_id"], row["worker_id"]) for row in await stage.rows("standing")}


async def test_only_what_is_over_goes(stage: Stage):
    await stage.think(1, 7)
    await stage.think(1, 8, filtered=True)
    stage.later(1)
    await stage.think(2, 7)
    stage.later(STANDING_SECONDS - 1.000001)
    assert await forget(stage) == 0
    stage.later(0.000001)
    assert await forget(stage) == 2
    assert await left(stage) == {(2, 7)}


async def test_a_renewed_one_stays(stage: Stage):
    await stage.think(1, 7)
    stage.later(STANDING_SECONDS)
    await stage.think(1, 7)
    assert await forget(stage) == 0
    assert await left(stage) == {(1, 7)}


async def test_a_full_sweep_says_so(stage: Stage, monkeypatch):
    monkeypatch.setattr("manyeyes.actions.forget_standings.LARGEST_SWEEP", 2)
    for worker_id in range(3):
        await stage.think(1, worker_id)
    stage.later(STANDING_SECONDS)
    assert [await forget(stage) for _ in range(3)] == [2, 1, 0]
