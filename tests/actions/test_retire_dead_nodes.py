"""retire_dead_nodes: workers of a node that no longer beats leave the match."""

from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.retire_dead_nodes import RetireDeadNodes, retire_dead_nodes
from support.action_stage import Stage


async def retire(stage: Stage) -> int:
    (count,) = await stage.act(retire_dead_nodes, RetireDeadNodes(stage.cell))
    return count


async def test_only_the_dead_nodes_workers_are_marked_away(stage: Stage):
    alive, orphan = await stage.worker(), await stage.worker()
    await stage.act(attach_workers, AttachWorker(stage.cell, orphan, 2))
    await stage.change("DELETE FROM node WHERE cell = $1")
    await stage.change("INSERT INTO node VALUES ($1, 1, now()), ($1, 2, now() - interval '11 s')")
    account_id = await stage.account()
    await stage.submit(account_id)
    await stage.submit(account_id)
    await stage.hand_out()
    assert await retire(stage) == 1
    present = {row["worker_id"]: row["present"] for row in await stage.rows("session", "worker_id, present")}
    assert present == {alive: True, orphan: False}
    assert len(await stage.desk(orphan)) == 1, "their lease returns by itself when its time is over"
    assert await retire(stage) == 0
    back = AttachWorker(cell=stage.cell, worker_id=orphan, node_id=1)
    assert await stage.act(attach_workers, back) == [True], "away, and not offline: the next call is enough"


async def test_a_node_that_beats_loses_nobody(stage: Stage):
    await stage.worker()
    await stage.change("DELETE FROM node WHERE cell = $1")
    await stage.change("INSERT INTO node VALUES ($1, 1, now() - interval '9 s')")
    assert await retire(stage) == 0
