"""Workers begin their presence: from now on they are matched."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers


class GoOnline(msgspec.Struct, frozen=True):
    """Queues and languages are checked already (workers/rules.py, `queues_for`)."""

    cell: int
    worker_id: int
    node_id: int
    queues: tuple[int, ...]
    languages: tuple[str, ...]


async def go_online(tx: asyncpg.Connection, now: datetime, commands: Sequence[GoOnline]) -> list[None]:
    """Begin or renew each presence; of several commands of one worker the last counts."""
    last = {c.worker_id: c for c in commands}
    sessions = [(c.worker_id, c.node_id, c.queues, c.languages) for c in last.values()]
    await workers.go_online(tx, now, commands[0].cell, sessions)
    return [None for _ in commands]
