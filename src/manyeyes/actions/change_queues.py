"""Change queues' terms in a database; tasks that were submitted keep theirs."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks import store as tasks


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
    marks: int | None = None
    vote_micros: int | None = None
    accepts_complaints: bool | None = None
    life_seconds: int | None = None
    default_terms: PeopleTerms | None = None
    floor: float | None = None
    gold_share: float | None = None
    audit_share: float | None = None


async def change_queues(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeQueue]) -> list[bool]:
    """Change the queues, in the order in which the changes came; return for each whether there is such a queue."""
    known: dict[int, bool] = {}
    for command in sorted(commands, key=lambda c: c.queue_id):  # in one order, so that batches do not block each other
        terms, default, share = msgspec.structs.asdict(command), command.default_terms, command.audit_share
        del terms["cell"], terms["queue_id"], terms["default_terms"], terms["audit_share"]
        known[command.queue_id] = await tasks.set_queue(tx, command.queue_id, default, share, **terms)
    return [known[c.queue_id] for c in commands]
