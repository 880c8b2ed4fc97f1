"""Workers whose last call or stream is over stay present, but no longer ask: those who do are matched before them."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers


class HushWorker(msgspec.Struct, frozen=True):
    """``node_id``: through which the worker asked; one who asks through another by now goes on asking."""

    cell: int
    worker_id: int
    node_id: int


async def hush_workers(tx: asyncpg.Connection, now: datetime, commands: Sequence[HushWorker]) -> list[bool]:
    """Return of each worker whether they asked until now."""
    by_node: dict[int, set[int]] = {}
    for c in commands:
        by_node.setdefault(c.node_id, set()).add(c.worker_id)
    fresh: set[tuple[int, int]] = set()
    for node_id, worker_ids in sorted(by_node.items()):
        fresh |= {(w, node_id) for w in await workers.hush(tx, commands[0].cell, sorted(worker_ids), node_id)}
    return [_take(fresh, (c.worker_id, c.node_id)) for c in commands]


def _take(fresh: set[tuple[int, int]], one: tuple[int, int]) -> bool:
    """Tell whether it is there, and take it: of a repeated command only the first changed anything."""
    found = one in fresh
    fresh.discard(one)
    return found
