"""Workers choose which of their queues and languages they take now (docs/decisions/0085)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.changing import lock_workers
from manyeyes.workers.choices import store as choices
from manyeyes.workers.rules import WorkChoice
from manyeyes.workers.store import Worker


class ChooseWork(msgspec.Struct, frozen=True):
    worker_id: int
    choice: WorkChoice
    cell: int = DIRECTORY


async def choose_work(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChooseWork]) -> list[Worker | None]:
    """Keep the choices, of several of one worker the last; return what each worker was given, None for no worker.

    What they do not take, and were not given meanwhile, is no part of the choice: given again, it is taken.
    """
    last = {c.worker_id: c.choice for c in commands}
    known = await lock_workers(tx, sorted(last))
    enabled = {worker_id: worker for worker_id, worker in known.items() if not worker.disabled}
    for worker_id in sorted(enabled):
        await choices.save_choice(tx, worker_id, last[worker_id])
    return [enabled.get(c.worker_id) for c in commands]
