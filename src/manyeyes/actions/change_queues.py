"""Change queues' terms in a database; tasks that were submitted keep theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class ChangeQueue(msgspec.Struct, frozen=True, kw_only=True):
    """``cell``: one of the database that is meant (`Cells.one_of_each`). None leaves a term as it is.

    ``life_seconds`` 0: as long as the installation's tasks live; ``floor`` 0: none. ``gold_share``: newcomers'.
    ``seen``: what whoever changes it looked at. Where a term to be changed is not so any more, nothing is changed.
    """

    cell: int
    queue_id: int
    price_micros: int | None = None
    pay_micros: int | None = None
    capacity: int | None = None
    lease_seconds: int | None = None
    marks: int | None = None
    vote_micros: int | None = None
    accepts_complaints: bool | None = None
    life_seconds: int | None = None
    default_terms: PeopleTerms | None = None
    floor: float | None = None
    gold_share: float | None = None
    audit_share: float | None = None
    guide: str | None = None
    seen: QueueTerms | None = None
    actor: Actor = BY_ITSELF


async def change_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeQueue]) -> list[bool]:
    """Change the queues, in the order in which the changes came; return for each whether it was made."""
    known, made = await tasks.lock_queues(tx, sorted({c.queue_id for c in commands})), []
    entries = []
    for c in commands:
        terms, default, share = msgspec.structs.asdict(c), c.default_terms, c.audit_share
        for name in ("cell", "queue_id", "seen", "actor"):
            del terms[name]
        before = known.get(c.queue_id)
        made.append(before is not None and (c.seen is None or _still(c.seen, before, terms)))
        del terms["default_terms"], terms["audit_share"]
        if before and made[-1] and await tasks.set_queue(tx, c.queue_id, default, share, **terms):
            known = known | await tasks.lock_queues(tx, [c.queue_id])
            entries.append(change_of(c.actor, Deed.QUEUE_SET, f"queue:{c.queue_id}", before, known[c.queue_id]))
    await trail.record(tx, now, commands[0].cell, entries)
    return made


def _still(seen: QueueTerms, found: QueueTerms, terms: Mapping[str, object]) -> bool:
    """Tell whether the terms that are to be changed are what was seen."""
    changed = [name for name, value in terms.items() if value is not None]
    return all(getattr(seen, name) == getattr(found, name) for name in changed)
