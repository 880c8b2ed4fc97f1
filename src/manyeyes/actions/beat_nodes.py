"""Note that processes live; learn who else does, and forget those that are long gone."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.workers import store as workers
from manyeyes.workers.rules import NODE_SILENT_SECONDS

NODE_KEPT_SECONDS = 3_600.0


class BeatNode(msgspec.Struct, frozen=True):
    cell: int
    node_id: int


async def beat_nodes(tx: asyncpg.Connection, now: datetime, commands: Sequence[BeatNode]) -> list[tuple[int, ...]]:
    """Return for each the nodes that live, itself among them."""
    cell = commands[0].cell
    for node_id in sorted({c.node_id for c in commands}):
        await workers.beat(tx, cell, node_id)
    live = tuple(await workers.live_nodes(tx, cell, NODE_SILENT_SECONDS))
    await workers.forget_nodes(tx, cell, NODE_KEPT_SECONDS)
    return [live for _ in commands]
