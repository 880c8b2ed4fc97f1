"""Note that a sealed month was written to files, or that its tasks are dropped from now on (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.seals.rules import month_before
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class MarkMonth(msgspec.Struct, frozen=True, kw_only=True):
    """``until``: the month's end. ``gone_through``: of one that is dropped the highest number of its tasks."""

    cell: int
    until: datetime
    gone_through: int = 0
    is_dropped: bool = False
    actor: Actor = BY_ITSELF


async def mark_months(tx: asyncpg.Connection, now: datetime, commands: Sequence[MarkMonth]) -> list[bool]:
    """Return for each whether the month is sealed and not dropped already; it may be exported again."""
    cell, outcomes, entries = commands[0].cell, [], []
    for command in commands:
        if command.is_dropped:
            is_new = await seals.mark_dropped(tx, now, cell, command.until, command.gone_through)
        else:
            is_new = await seals.mark_exported(tx, now, cell, command.until)
        outcomes.append(is_new)
        if is_new:
            deed = Deed.MONTH_DROP if command.is_dropped else Deed.MONTH_EXPORT
            subject = f"month:{month_before(command.until)}"
            entries.append(change_of(command.actor, deed, subject, None, {"cell": cell}))
    await trail.record(tx, now, cell, entries)
    return outcomes
