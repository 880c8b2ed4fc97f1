"""retire_dead_nodes: workers of a node that no longer beats leave the match."""

from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.retire_dead_nodes import Retired, RetireDeadNodes, retire_dead_nodes
from support.action_stage import Stage


async def retire(stage: Stage) -> int:
    (retired,) = await stage.act(retire_dead_nodes, RetireDeadNodes(stage.cell))
    return retired.workers


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


async def test_what_its_workers_have_not_seen_goes_back(stage: Stage):
    account_id, orphan = await stage.account(), await stage.worker()
    seen, behind, unseen = [await stage.submit(account_id) for _ in range(3)]
    await stage.hand_out()
    await stage.hand_out()
    other = await stage.worker()
    assert await stage.match() == (other,)
    await stage.change("DELETE FROM node WHERE cell = $1")
    assert await stage.act(retire_dead_nodes, RetireDeadNodes(stage.cell)) == [Retired(2, (1,))]
    assert [work.task_id for work in await stage.desk(orphan)] == [seen]
    held = await stage.rows("session", "worker_id, held, present")
    assert [tuple(row.values()) for row in held] == [(orphan, 1, False), (other, 0, False)]
    assert [row["task_id"] for row in await stage.rows("work", "task_id", "state = 0")] == [behind, unseen]
