"""beat_nodes: a process tells that it lives and hears who else does."""

from manyeyes.actions.beat_nodes import NODE_KEPT_SECONDS, BeatNode, beat_nodes
from manyeyes.workers.rules import NODE_SILENT_SECONDS
from support.action_stage import Stage


async def silent(stage: Stage, node_id: int, seconds: float) -> None:
    await stage.act(beat_nodes, BeatNode(stage.cell, node_id))
    await stage.change(
        "UPDATE node SET beat_at = now() - make_interval(secs => $3) WHERE cell = $1 AND node_id = $2", node_id, seconds
    )


async def test_those_who_beat_lately_live(stage: Stage):
    await silent(stage, 1, NODE_SILENT_SECONDS + 5)
    batch = [BeatNode(stage.cell, node_id) for node_id in (3, 2, 3)]
    outcomes = await stage.act(beat_nodes, *batch)
    assert [sorted(live) for live in outcomes] == [[2, 3]] * 3


async def test_those_who_are_long_gone_are_forgotten(stage: Stage):
    await silent(stage, 1, NODE_KEPT_SECONDS + 5)
    await silent(stage, 2, NODE_SILENT_SECONDS + 5)
    await stage.act(beat_nodes, BeatNode(stage.cell, 3))
    assert sorted(row["node_id"] for row in await stage.rows("node", "node_id")) == [2, 3]
