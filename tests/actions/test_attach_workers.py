"""attach_workers: present again through this node, if they are online at all."""

from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.retire_dead_nodes import RetireDeadNodes, retire_dead_nodes
from manyeyes.values.marks import ContentMark
from manyeyes.workers import waiting
from support.action_stage import Stage
from support.practising import ask_to_practise, barred_worker, give_training, on_desk


async def test_who_is_online_is_present_through_the_node_that_they_call(stage: Stage):
    online, away, offline, stranger = [await stage.worker() for _ in range(3)] + [stage.number()]
    await stage.go(away, offline=False)
    await stage.go(offline)
    began = stage.now
    stage.later(9)
    batch = [AttachWorker(stage.cell, w, 8) for w in (stranger, offline, away, online)]
    assert await stage.act(attach_workers, *batch) == [False, False, True, True]
    found = {row["worker_id"]: row for row in await stage.rows("session")}
    assert [found[w]["node_id"] for w in (online, away, offline)] == [8, 8, 1]
    assert [found[w]["present"] for w in (online, away, offline)] == [True, True, False]
    assert found[online]["idle_since"] == began, "who never left keeps their place among the idle"
    assert found[away]["idle_since"] == stage.now
    assert stranger not in found


async def test_a_worker_twice_in_one_batch(stage: Stage):
    worker_id = await stage.worker()
    command = AttachWorker(stage.cell, worker_id, 2)
    assert await stage.act(attach_workers, command, command) == [True, True]


async def test_who_is_present_already_costs_a_look_and_no_write(stage: Stage):
    worker_id = await stage.worker()
    command = AttachWorker(cell=stage.cell, worker_id=worker_id, node_id=1)
    written = "SELECT xmin::text FROM session WHERE cell = $1"
    before = await stage.pool.fetchval(written, stage.cell)
    assert await stage.act(attach_workers, command) == [True]
    assert await stage.pool.fetchval(written, stage.cell) == before
    assert await stage.act(attach_workers, AttachWorker(cell=stage.cell, worker_id=worker_id, node_id=2)) == [True]
    assert await stage.pool.fetchval(written, stage.cell) != before


async def test_who_practises_and_has_no_picture_is_attached_again_and_gets_one(stage: Stage):
    await give_training(stage, 2)
    worker_id = await barred_worker(stage)
    await stage.set_queue(marks=ContentMark.GORE)
    await ask_to_practise(stage, worker_id)
    await stage.act(retire_dead_nodes, RetireDeadNodes(stage.cell))
    attach = AttachWorker(stage.cell, worker_id, 2)
    assert await stage.act(attach_workers, attach) == [True]
    await stage.look(worker_id)
    assert await on_desk(stage, worker_id) == [], "they have not said yes to it"
    await stage.act(
        choose_marks, ChooseMarks(cell=stage.cell, worker_id=worker_id, queue_id=1, agreed=ContentMark.GORE)
    )
    told = waiting.numbers_text([worker_id])
    assert await stage.read(waiting.astray, stage.cell, told, 2) == [worker_id], "their next look tells it anew"
    assert await stage.act(attach_workers, attach) == [True]
    await stage.look(worker_id)
    assert len(await on_desk(stage, worker_id)) == 1
    assert await stage.read(waiting.astray, stage.cell, told, 2) == []
