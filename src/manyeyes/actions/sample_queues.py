"""Keep how queues look, once a minute: what is not known afterwards from the tasks themselves."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch.samples import store as samples
from manyeyes.tasks.rules import Ending

LATE_SECONDS = 5  # so long after a minute its tasks have all been committed


class SampleQueues(msgspec.Struct, frozen=True):
    cell: int


async def sample_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[SampleQueues]) -> list[int]:
    """Return for how many queues the last whole minute was kept; it is counted once, by whoever is first."""
    cell, minute = commands[0].cell, (int(now.timestamp()) - LATE_SECONDS) // 60 - 1
    is_ours = await samples.take_minute(tx, cell, minute)
    kept = await samples.sample_queues(tx, cell, minute, Ending.UNANSWERED) if is_ours else 0
    return [kept for _ in commands]
