"""register_workers: a worker and the token of their programs come together."""

from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject, Worker

ANN = Worker(1, "Ann", ("en", "ru"), (1, 2), True)
BEN = Worker(2, "Ben", ("en",), (1,), False)


async def test_a_batch_of_workers_with_their_tokens(stage):
    batch = [RegisterWorker(ANN, b"one"), RegisterWorker(BEN, b"two")]
    assert await stage.act(register_workers, *batch) == [None, None]
    assert await workers.every_worker(stage.pool) == [ANN, BEN]
    assert await workers.credential(stage.pool, b"two", ["token"]) == Subject("worker", 2, 0)


async def test_one_whose_reply_was_lost_is_registered_once(stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"), RegisterWorker(ANN, b"one"))
    await stage.act(register_workers, RegisterWorker(ANN, b"one"))
    assert await workers.every_worker(stage.pool) == [ANN]
