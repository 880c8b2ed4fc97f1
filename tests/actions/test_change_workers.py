"""change_workers: what is given replaces what there was, the rest stays."""

import msgspec

from manyeyes.actions.change_workers import ChangeWorker, change_workers
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Worker
from support.action_stage import Stage

ANN = Worker(worker_id=1, name="Ann", languages=("en", "ru"), queues=(1, 2), reviewer=True)
BEN = Worker(worker_id=2, name="Ben", languages=("en",), queues=(1,), reviewer=False)


async def test_what_is_given_changes_in_its_order(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"), RegisterWorker(BEN, b"two"))
    batch = [
        ChangeWorker(worker_id=2, languages=("de",)),
        ChangeWorker(worker_id=1, reviewer=False),
        ChangeWorker(worker_id=2, languages=("ru", "en"), queues=(2,)),
        ChangeWorker(worker_id=99, queues=(1,)),
    ]
    assert await stage.act(change_workers, *batch) == [True, True, True, False]
    assert await stage.read(workers.every_worker) == [
        msgspec.structs.replace(ANN, reviewer=False),
        msgspec.structs.replace(BEN, languages=("ru", "en"), queues=(2,)),
    ]


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"))
    batch = [
        ChangeWorker(worker_id=1, queues=(2,), seen=ANN),
        ChangeWorker(worker_id=1, queues=(1,), reviewer=False, seen=ANN),
        ChangeWorker(worker_id=1, reviewer=False, seen=ANN),
    ]
    assert await stage.act(change_workers, *batch) == [True, False, True]
    assert await stage.read(workers.every_worker) == [msgspec.structs.replace(ANN, queues=(2,), reviewer=False)]
