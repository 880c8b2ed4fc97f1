"""Change queues' terms in a database; tasks that were submitted keep theirs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms

TERMS = (
    *("price_micros", "pay_micros", "capacity", "lease_seconds", "sensitive", "vote_micros", "accepts_complaints"),
    *("life_seconds", "default_terms", "audit_share", "floor", "gold_share"),
)


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
    sensitive: bool | None = None
    vote_micros: int | None = None
    accepts_complaints: bool | None = None
    life_seconds: int | None = None
    default_terms: PeopleTerms | None = None
    floor: float | None = None
    gold_share: float | None = None
    audit_share: float | None = None
    seen: QueueTerms | None = None


async def change_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeQueue]) -> list[bool]:
    """Change the queues, in the order in which the changes came; return for each whether it was made."""
    made: dict[int, bool] = {}
    if any(command.seen for command in commands):
        await tasks.lock_queues(tx, sorted({command.queue_id for command in commands}))
    # In one order, so that batches do not block each other.
    for n, command in sorted(enumerate(commands), key=lambda each: (each[1].queue_id, each[0])):
        terms = {name: getattr(command, name) for name in TERMS}
        made[n] = await _still(tx, command, terms)
        if made[n]:
            default, share = terms.pop("default_terms"), terms.pop("audit_share")
            made[n] = await tasks.set_queue(tx, command.queue_id, default, share, **terms)
    return [made[n] for n in range(len(commands))]


async def _still(tx: asyncpg.Connection, command: ChangeQueue, terms: dict[str, Any]) -> bool:
    """Tell whether the terms that are to be changed are still what was seen."""
    if command.seen is None:
        return True
    found = (await tasks.queues(tx)).get(command.queue_id)
    return found is not None and all(
        getattr(command.seen, name) == getattr(found, name) for name, value in terms.items() if value is not None
    )
