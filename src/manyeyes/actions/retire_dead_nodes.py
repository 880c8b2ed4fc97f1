"""A node that no longer beats is dead: the workers it kept present leave the match."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers
from manyeyes.workers.rules import NODE_SILENT_SECONDS

LARGEST_SWEEP = 1_000


class RetireDeadNodes(msgspec.Struct, frozen=True):
    cell: int


async def retire_dead_nodes(tx: asyncpg.Connection, now: datetime, commands: Sequence[RetireDeadNodes]) -> list[int]:
    """Return how many workers were marked away. Their leases return by themselves when their time is over."""
    cell = commands[0].cell
    live = await workers.live_nodes(tx, cell, NODE_SILENT_SECONDS)
    orphans = await workers.lock_orphans(tx, cell, live, LARGEST_SWEEP)
    await workers.leave(tx, cell, orphans, offline=False)
    return [len(orphans) for _ in commands]
