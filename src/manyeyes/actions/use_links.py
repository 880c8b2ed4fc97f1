"""Spend one-time links: each signs in once."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, firsts, person
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject


class UseLink(msgspec.Struct, frozen=True):
    secret_hash: bytes
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def use_links(tx: asyncpg.Connection, now: datetime, commands: Sequence[UseLink]) -> list[Subject | None]:
    """Return whom each link signs in; None when it is unknown, spent or expired.

    One that was spent by a try whose reply was lost is spent: who else might come while the database is away cannot be
    told from that try.
    """
    spent: dict[bytes, Subject | None] = {}
    for secret_hash in sorted({c.secret_hash for c in commands}):
        spent[secret_hash] = await workers.use_link(tx, secret_hash)
    entries = []
    for c in firsts(commands, lambda c: c.secret_hash):
        whom = spent[c.secret_hash]
        if whom is not None:
            link, subject = {"link": shown_hash(c.secret_hash)}, person(whom.role, whom.subject_id)
            entries.append(change_of(c.actor, Deed.LINK_USE, subject, None, {**link, "used": True}))
    await trail.record(tx, now, commands[0].cell, entries)
    return [spent.pop(c.secret_hash, None) for c in commands]
