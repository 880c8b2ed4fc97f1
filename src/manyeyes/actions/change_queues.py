"""Change queues' terms in a database; tasks that were submitted keep theirs."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks import store as tasks
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class ChangeQueue(msgspec.Struct, frozen=True, kw_only=True):
    """``cell``: one of the database that is meant (`Cells.one_of_each`). None leaves a term as it is.

    ``life_seconds`` 0: as long as the installation's tasks live; ``floor`` 0: none. ``gold_share``: newcomers'.
    """

    cell: int
    queue_id: int
    price_micros: int | None = None
    pay_micros: int | None = None
    capacity: int | None = None
    lease_seconds: int | None = None
    sensitive: bool | None = None
    vote_micros: int | None = None
    accepts_complaints: bool | None = None
    life_seconds: int | None = None
    default_terms: PeopleTerms | None = None
    floor: float | None = None
    gold_share: float | None = None
    audit_share: float | None = None
    actor: Actor = BY_ITSELF


async def change_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeQueue]) -> list[bool]:
    """Change the queues, in the order in which the changes came; return for each whether there is such a queue."""
    known = await tasks.lock_queues(tx, sorted({c.queue_id for c in commands}))
    entries = []
    for c in commands:
        terms, default, share = msgspec.structs.asdict(c), c.default_terms, c.audit_share
        for name in ("cell", "queue_id", "default_terms", "audit_share", "actor"):
            del terms[name]
        if c.queue_id in known and await tasks.set_queue(tx, c.queue_id, default, share, **terms):
            before, known = known[c.queue_id], known | await tasks.lock_queues(tx, [c.queue_id])
            entries.append(change_of(c.actor, Deed.QUEUE_SET, f"queue:{c.queue_id}", before, known[c.queue_id]))
    await trail.record(tx, now, commands[0].cell, entries)
    return [c.queue_id in known for c in commands]
