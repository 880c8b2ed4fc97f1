"""Change recognitions' terms; what was recognised keeps its own."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions


class ChangeRecognition(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is."""

    task_id: str
    threshold: float | None = None
    queue_id: int | None = None
    sample_share: float | None = None
    review_seconds: int | None = None
    review_url: str | None = None
    price_micros: int | None = None
    closed: bool | None = None
    terms: PeopleTerms | None = None
    cell: int = DIRECTORY


async def change_recognitions(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeRecognition]
) -> list[bool]:
    """Change the recognitions, in the order in which the changes came; return for each whether it exists."""
    known: dict[str, bool] = {}
    for command in sorted(commands, key=lambda c: c.task_id):  # in one order, so that batches do not block each other
        terms = msgspec.structs.asdict(command)
        del terms["cell"], terms["task_id"], terms["terms"]
        known[command.task_id] = await recognitions.set_recognition(tx, command.task_id, command.terms, **terms)
    return [known[c.task_id] for c in commands]
