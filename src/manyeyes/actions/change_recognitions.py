"""Change recognitions' terms; what was recognised keeps its own."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


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
    actor: Actor = BY_ITSELF


async def change_recognitions(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeRecognition]
) -> list[bool]:
    """Change the recognitions, in the order in which the changes came; return for each whether it exists."""
    known = await recognitions.lock_recognitions(tx, sorted({c.task_id for c in commands}))
    entries = []
    for c in commands:
        terms = msgspec.structs.asdict(c)
        for name in ("cell", "task_id", "terms", "actor"):
            del terms[name]
        if c.task_id in known:
            await recognitions.set_recognition(tx, c.task_id, c.terms, **terms)
            before, known = known[c.task_id], known | await recognitions.lock_recognitions(tx, [c.task_id])
            entries.append(
                change_of(c.actor, Deed.RECOGNITION_SET, f"recognition:{c.task_id}", before, known[c.task_id])
            )
    await trail.record(tx, now, commands[0].cell, entries)
    return [c.task_id in known for c in commands]
