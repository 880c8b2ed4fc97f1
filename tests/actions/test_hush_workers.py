"""hush_workers: who no longer asks stays present; who asks through another node by now goes on asking."""

from manyeyes.actions.hush_workers import HushWorker, hush_workers
from support.action_stage import Stage


async def silent(stage: Stage) -> dict[int, bool]:
    return {row["worker_id"]: row["silent"] for row in await stage.rows("session", "worker_id, silent")}


async def test_they_stay_present_and_ask_no_more(stage: Stage):
    worker_id, other = await stage.worker(), await stage.worker()
    assert await silent(stage) == {worker_id: False, other: False}
    command = HushWorker(stage.cell, worker_id, 1)
    assert await stage.act(hush_workers, command, command) == [True, False]
    assert await silent(stage) == {worker_id: True, other: False}
    assert await stage.rows("session", "present") == [{"present": True}] * 2
    assert await stage.act(hush_workers, command) == [False]
    await stage.ask(worker_id)
    assert await silent(stage) == {worker_id: False, other: False}


async def test_a_node_speaks_only_for_who_asks_through_it(stage: Stage):
    worker_id, stranger = await stage.worker(), stage.number()
    commands = [HushWorker(stage.cell, worker_id, 2), HushWorker(stage.cell, stranger, 1)]
    assert await stage.act(hush_workers, *commands) == [False, False]
    assert await silent(stage) == {worker_id: False}
    both = [HushWorker(stage.cell, worker_id, node_id) for node_id in (2, 1)]
    assert await stage.act(hush_workers, *both) == [False, True]


async def test_coming_online_is_not_yet_asking(stage: Stage):
    worker_id = await stage.worker()
    await stage.come_silently(worker_id)
    assert await silent(stage) == {worker_id: True}
    await stage.ask(worker_id)
    await stage.go(worker_id, offline=False)
    assert await silent(stage) == {worker_id: True}
    await stage.ask(worker_id)
    assert await silent(stage) == {worker_id: False}
