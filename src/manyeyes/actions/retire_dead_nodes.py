"""A node that no longer beats is dead: the workers it kept present leave the match."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import Desks, put_away
from manyeyes.dispatch import store as dispatch
from manyeyes.workers import store as workers
from manyeyes.workers.rules import NODE_SILENT_SECONDS

LARGEST_SWEEP = 1_000


class RetireDeadNodes(msgspec.Struct, frozen=True):
    cell: int


class Retired(msgspec.Struct, frozen=True):
    """How many workers were marked away, and the queues that tasks went back to."""

    workers: int
    queue_ids: tuple[int, ...]


async def retire_dead_nodes(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RetireDeadNodes]
) -> list[Retired]:
    """Return what was swept. What they have not seen goes back; their leases do when their time is over."""
    cell = commands[0].cell
    live = await workers.live_nodes(tx, cell, NODE_SILENT_SECONDS)
    orphans = await workers.lock_orphans(tx, cell, live, LARGEST_SWEEP)
    desks = Desks(await dispatch.lock_leased(tx, cell, orphans) if orphans else [])
    back = await put_away(tx, now, cell, desks, dict.fromkeys(orphans, False))
    retired = Retired(len(orphans), tuple(sorted({work.queue_id for work in back})))
    return [retired for _ in commands]
