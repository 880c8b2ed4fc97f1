"""choose_keys: no two actions of a person ever have one key, in a batch and in two."""

from manyeyes.actions.choose_keys import ChooseKey, choose_keys
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers.keys.rules import KeyFault, RefusedKey
from manyeyes.workers.keys.store import own_keys
from manyeyes.workers.store import Worker
from support.action_stage import Stage


async def keys(stage: Stage, worker_id: int) -> dict[str, str]:
    async with stage.pool.acquire() as db:
        return await own_keys(db, worker_id)


async def test_each_keeps_their_own_and_takes_them_back(stage: Stage):
    people = [Worker(worker_id=n, name=f"Ann {n}", languages=("en",), queues=(1,), reviewer=False) for n in (1, 2)]
    await stage.act(register_workers, *(RegisterWorker(each, bytes([each.worker_id])) for each in people))
    taken = RefusedKey(KeyFault.TAKEN, "undo")
    some = [(1, "undo"), (1, "skip"), (2, "skip"), (9, "skip")]
    batch = [ChooseKey(worker_id, name, "F2") for worker_id, name in some]
    assert await stage.act(choose_keys, *batch) == [None, taken, None, None]
    assert await stage.act(choose_keys, ChooseKey(1, "skip", "F2")) == [taken]
    assert await stage.act(choose_keys, ChooseKey(1, "skip", "Alt+KeyZ")) == [None]
    assert await keys(stage, 1) == {"undo": "F2", "skip": "Alt+KeyZ"}
    assert await stage.act(choose_keys, ChooseKey(1), ChooseKey(2, "skip", "Escape")) == [None, None]
    assert [await keys(stage, n) for n in (1, 2)] == [{}, {}]
