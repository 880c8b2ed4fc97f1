"""enable_workers: who was shut out may work again, just as before."""

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.enable_workers import EnableWorker, enable_workers
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Worker
from support.action_stage import Stage


async def test_only_those_who_are_named_are_let_in(stage: Stage):
    people = [Worker(worker_id=n, name=f"w{n}", languages=("en",), queues=(1,), reviewer=False) for n in (1, 2, 3)]
    for n, person in enumerate(people):
        await stage.act(register_workers, RegisterWorker(person, bytes([n])))
    await stage.act(disable_workers, DisableWorker(1), DisableWorker(2))
    batch = [EnableWorker(n) for n in (2, 3, 99, 2)]
    assert await stage.act(enable_workers, *batch) == [None] * 4
    assert [await stage.read(workers.worker, n) for n in (1, 2, 3)] == [None, *people[1:]]
