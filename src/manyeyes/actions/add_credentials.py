"""Remember the secrets that sign people in: links, and browsers' sessions."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of, person
from manyeyes.values.actor import BY_ITSELF, OPERATOR, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers
from manyeyes.workers.browser_sessions import end_credential
from manyeyes.workers.store import Subject


class AddCredential(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: link or session; ``through``: hash of what began a session (key, token, passkey), which ends with it.

    ``address``: from where; ``ends``: hash of the session that this one takes the place of; ``begun_by``, ``factors``:
    as `BrowserSession` has them.
    """

    secret_hash: bytes
    kind: str
    subject: Subject
    seconds: float
    through: bytes | None = None
    address: str = ""
    ends: bytes | None = None
    begun_by: str = ""
    factors: int = 1
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_credentials(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddCredential]) -> list[None]:
    """Make the secrets valid; one that is known already came before, with a command whose reply was lost."""
    entries: list[TrailEntry | None] = []
    for c in commands:
        is_new, ended = False, None
        if await workers.credential(tx, c.secret_hash, [c.kind]) is None:
            await workers.insert_credential(
                tx,
                c.secret_hash,
                c.kind,
                c.subject,
                c.seconds,
                through=c.through,
                address=c.address,
                begun_by=c.begun_by,
                factors=c.factors,
            )
            is_new = True
        if c.ends:
            ended = await end_credential(tx, c.ends)
        entries += _told(c, ended, is_new=is_new)
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]


def _told(command: AddCredential, ended: Subject | None, *, is_new: bool) -> Iterator[TrailEntry | None]:
    """Yield the entries of a secret: that it was made, and that a session ended in whose place it is."""
    if is_new:
        is_staffs = command.subject.role == OPERATOR
        link = Deed.STAFF_LINK if is_staffs else Deed.LINK_MAKE  # it opens more than what support may do
        deed = Deed.SIGN_IN if command.kind == "session" else link
        after = {command.kind: shown_hash(command.secret_hash), "seconds": int(command.seconds)}
        yield change_of(command.actor, deed, person(command.subject.role, command.subject.subject_id), None, after)
    if ended is not None and command.ends:
        subject = person(ended.role, ended.subject_id)
        yield change_of(command.actor, Deed.SIGN_OUT, subject, {"session": shown_hash(command.ends)}, None)
