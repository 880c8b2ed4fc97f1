"""Named queries of how queues looked, minute by minute → values."""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read

SQL = Queries(__package__)


class SampledSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A queue in a span of minutes: the most that waited and were there at once, what came, what ran out."""

    index: int
    waiting: int
    present: int
    arrived: int
    expired: int


async def take_minute(tx: asyncpg.Connection, cell: int, minute: int) -> bool:
    """Tell whether a cell's minute is this transaction's to sample: it is so once, whoever else asks."""
    return await tx.fetchval(SQL.take_minute, cell, minute) is not None


async def sample_queues(tx: asyncpg.Connection, cell: int, minute: int, ending: int) -> int:
    """Keep how the queues look now under a minute that is over; return of how many there was something to keep.

    ``ending``: by which tasks that ran out are told (tasks/rules.py).
    """
    return len(await tx.fetch(SQL.sample_queues, cell, minute, ending))


async def forget_samples(tx: asyncpg.Connection, cell: int, before: int) -> None:
    """Forget the samples of minutes before this one."""
    await tx.execute(SQL.forget_samples, cell, before)


async def sampled_spans(
    db: asyncpg.Connection, cell: int, queue_id: int, spans: Sequence[tuple[int, int]]
) -> list[SampledSpan]:
    """Return what was seen of a queue in spans of minutes, each from its first until before its last."""
    firsts, ends = [first for first, _ in spans], [end for _, end in spans]
    return read(SampledSpan, await db.fetch(SQL.sampled_spans, cell, queue_id, list(range(len(spans))), firsts, ends))
