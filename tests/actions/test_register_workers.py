"""register_workers: a worker and the token of their programs come together."""

from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject, Worker
from support.action_stage import Stage

ANN = Worker(worker_id=1, name="Ann", languages=("en", "ru"), queues=(1, 2), reviewer=True)
BEN = Worker(worker_id=2, name="Ben", languages=("en",), queues=(1,), reviewer=False)


async def test_a_batch_of_workers_with_their_tokens(stage: Stage):
    batch = [RegisterWorker(ANN, b"one"), RegisterWorker(BEN, b"two")]
    assert await stage.act(register_workers, *batch) == [None, None]
    assert await stage.read(workers.every_worker) == [ANN, BEN]
    assert await stage.read(workers.credential, b"two", ["token"]) == Subject("worker", 2, 0)


async def test_one_whose_reply_was_lost_is_registered_once(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"), RegisterWorker(ANN, b"one"))
    await stage.act(register_workers, RegisterWorker(ANN, b"one"))
    assert await stage.read(workers.every_worker) == [ANN]
