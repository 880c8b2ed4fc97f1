"""Workers begin their presence: from now on they are matched."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks import store as breaks
from manyeyes.workers.breaks.rules import break_due


class GoOnline(msgspec.Struct, frozen=True):
    """Queues and languages are checked already (workers/rules.py, `queues_for`)."""

    cell: int
    worker_id: int
    node_id: int
    queues: tuple[int, ...]
    languages: tuple[str, ...]


async def go_online(tx: asyncpg.Connection, now: datetime, commands: Sequence[GoOnline]) -> list[Refusal | None]:
    """Begin or renew each presence; of several commands of one worker the last counts.

    Refused with BREAK_DUE is who has worked for two hours, and whose break has not lasted five minutes.
    """
    cell, last = commands[0].cell, {c.worker_id: c for c in commands}
    sessions = [(c.worker_id, c.node_id, c.queues, c.languages) for c in last.values()]
    missing = sorted(last.keys() - await breaks.go_online(tx, now, cell, sessions))
    ends = await breaks.ends(tx, cell, missing) if missing else {}
    return [break_due(ends[c.worker_id]) if c.worker_id in ends else None for c in commands]
