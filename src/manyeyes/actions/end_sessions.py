"""Sign browsers out."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, person
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.workers.sign_outs.store import end_credential
from manyeyes.workers.store import Subject


class EndSession(msgspec.Struct, frozen=True):
    """``of``: end it only when it is this person's; None: whoever has its secret may end it."""

    secret_hash: bytes
    cell: int = DIRECTORY
    of: Subject | None = None
    actor: Actor = BY_ITSELF


async def end_sessions(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndSession]) -> list[None]:
    """End the sessions; one that is not there is over already."""
    ended: dict[int, Subject | None] = {}
    for place in sorted(range(len(commands)), key=lambda n: commands[n].secret_hash):
        ended[place] = await end_credential(tx, commands[place].secret_hash, commands[place].of)
    entries = []
    for place, c in enumerate(commands):
        whose = ended[place]
        if whose is not None:
            before = {"session": shown_hash(c.secret_hash)}
            entries.append(change_of(c.actor, Deed.SIGN_OUT, person(whose.role, whose.subject_id), before, None))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
