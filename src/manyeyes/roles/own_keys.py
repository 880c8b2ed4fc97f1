"""The keys that workers and reviewers have set for their screens."""

from manyeyes.actions.choose_keys import ChooseKey, choose_keys
from manyeyes.runtime.context import Context
from manyeyes.workers.keys import store
from manyeyes.workers.keys.rules import RefusedKey
from manyeyes.workers.store import Worker


async def keys_set_by(context: Context, worker: Worker) -> dict[str, str]:
    """Return the keys that a worker has set, by action."""
    async with context.cells.directory.acquire() as db:
        return await store.own_keys(db, worker.worker_id)


async def choose_key(context: Context, worker: Worker, name: str, key: str) -> RefusedKey | None:
    """Let an action of the screens have a key from now on; return why it cannot."""
    return await context.batcher.ask(choose_keys, ChooseKey(worker.worker_id, name, key))


async def forget_own_keys(context: Context, worker: Worker) -> None:
    """Let all keys be as they were."""
    await context.batcher.ask(choose_keys, ChooseKey(worker.worker_id))
