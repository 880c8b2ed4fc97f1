"""disable_workers: who is shut out cannot be found as a worker any more."""

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Worker
from support.action_stage import Stage


async def test_only_those_who_are_named_are_shut_out(stage: Stage):
    for n in (1, 2, 3):
        await stage.act(
            register_workers,
            RegisterWorker(
                Worker(worker_id=n, name=f"w{n}", languages=("en",), queues=(1,), reviewer=False), bytes([n])
            ),
        )
    batch = [DisableWorker(n) for n in (3, 1, 99, 3)]
    assert await stage.act(disable_workers, *batch) == [None] * 4
    assert [each.disabled for each in await stage.read(workers.every_worker)] == [True, False, True]
    assert await stage.read(workers.worker, 1) is None


async def test_who_is_shut_out_already_was_so_from_the_first_time_on(stage: Stage):
    await stage.act(
        register_workers,
        RegisterWorker(Worker(worker_id=1, name="w", languages=("en",), queues=(1,), reviewer=False), b"one"),
    )
    await stage.act(disable_workers, DisableWorker(1))
    before = await stage.pool.fetch("SELECT * FROM worker")
    await stage.act(disable_workers, DisableWorker(1))
    assert await stage.pool.fetch("SELECT * FROM worker") == before
