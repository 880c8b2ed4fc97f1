"""disable_workers: who is shut out cannot be found as a worker any more."""

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Worker


async def test_only_those_who_are_named_are_shut_out(stage):
    for n in (1, 2, 3):
        await stage.act(register_workers, RegisterWorker(Worker(n, f"w{n}", ("en",), (1,), False), bytes([n])))
    batch = [DisableWorker(n) for n in (3, 1, 99, 3)]
    assert await stage.act(disable_workers, *batch) == [None] * 4
    assert [each.disabled for each in await workers.every_worker(stage.pool)] == [True, False, True]
    assert await workers.worker(stage.pool, 1) is None


async def test_who_is_shut_out_already_was_so_from_the_first_time_on(stage):
    await stage.act(register_workers, RegisterWorker(Worker(1, "w", ("en",), (1,), False), b"one"))
    await stage.act(disable_workers, DisableWorker(1))
    before = await stage.pool.fetch("SELECT * FROM worker")
    await stage.act(disable_workers, DisableWorker(1))
    assert await stage.pool.fetch("SELECT * FROM worker") == before
