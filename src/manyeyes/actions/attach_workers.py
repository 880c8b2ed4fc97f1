"""Make online workers present through this node, to which they call or open their stream."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers


class AttachWorker(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    node_id: int


async def attach_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[AttachWorker]) -> list[bool]:
    """Return whether each worker is online; one who is not must go online first.

    For one who is present through this node already this only reads.
    """
    cell, node_id = commands[0].cell, commands[0].node_id
    online = await workers.online(tx, cell, sorted({c.worker_id for c in commands}), node_id)
    missing = sorted(worker_id for worker_id, is_attached in online.items() if not is_attached)
    await workers.attach(tx, now, cell, missing, node_id)
    return [c.worker_id in online for c in commands]
