"""Measure how deep the queues are, so that admission and statistics need not count a deep one."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.transaction import together
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.tasks import store as tasks

HEAD = 1_000


class MeasureDepths(msgspec.Struct, frozen=True):
    cell: int


async def measure_depths(tx: asyncpg.Connection, now: datetime, commands: Sequence[MeasureDepths]) -> list[None]:
    """Remember each queue's depth, counted up to its capacity, and the average bid at its head."""
    cell = commands[0].cell
    found: dict[int, tuple[int, int]] = {}
    for queue in (await tasks.queues(tx)).values():
        found[queue.queue_id] = await together(
            tx,
            queue_depths.count_waiting(tx, cell, queue.queue_id, queue.capacity),
            queue_depths.head_bid(tx, cell, queue.queue_id, HEAD),
        )
    for queue_id, (waiting, average) in found.items():
        await queue_depths.set_depth(tx, cell, queue_id, waiting, average)
    return [None for _ in commands]
