"""Remember the secrets that sign people in: links, and browsers' sessions."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import refused_manager
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of, person
from manyeyes.values.actor import BY_ITSELF, CUSTOMER, OPERATOR, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.identities import store as identities
from manyeyes.workers.passkeys import store as passkeys
from manyeyes.workers.sign_outs.store import end_credential, lock_credentials
from manyeyes.workers.store import Subject


class AddCredential(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: link or session; ``through``: hash of what began a session (key, token, passkey), which ends with it.

    ``address``: from where; ``ends``: hash of the session that this one takes the place of; ``begun_by``, ``factors``:
    as `BrowserSession` has them. ``needs``: what must still be there when a session begins: a passkey by its
    credential id, or the company's sign-in by issuer and sub. ``by``: who of an account's people makes a link for one
    of them; None: the operator.
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
    needs: bytes | tuple[str, str] | None = None
    by: int | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_credentials(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[AddCredential]
) -> list[Refusal | None]:
    """Make the secrets valid, or say why not; one that is known came before, with a command whose reply was lost.

    Refusals: ROLE_FORBIDS: who makes a link is no owner (any more); UNKNOWN_COLLEAGUE: whom it is for was removed;
    UNKNOWN_TOKEN: what a session needs was removed.
    """
    # Whom and what they depend on is locked before anything is written, in one order: whoever removes it does so too.
    places = await lock_places(tx, (c.subject.subject_id for c in commands if _is_customers_link(c)))
    there: set[bytes | tuple[str, str]] = set()
    there |= await passkeys.hold(tx, (c.needs for c in commands if isinstance(c.needs, bytes)))
    there |= await identities.hold(tx, (c.needs for c in commands if isinstance(c.needs, tuple)))
    refusals = [await _refused_link(tx, c, places) or _refused_session(c, there) for c in commands]
    await lock_credentials(tx, (c.ends for c in commands if c.ends))
    entries: list[TrailEntry | None] = []
    for c, refusal in zip(commands, refusals, strict=True):
        if refusal is None:
            is_new = await _make(tx, c)
            ended = await end_credential(tx, c.ends) if c.ends else None
            entries += _told(c, ended, is_new=is_new)
    await trail.record(tx, now, commands[0].cell, entries)
    return refusals


def _is_customers_link(c: AddCredential) -> bool:
    return c.kind == "link" and c.subject.role == CUSTOMER


async def _refused_link(tx: asyncpg.Connection, c: AddCredential, places: Container[int]) -> Refusal | None:
    if not _is_customers_link(c):
        return None
    people = await locked_people(tx, places, c.subject.subject_id)
    if all(each.person_id != c.subject.person_id for each in people):
        return Refusal(Reason.UNKNOWN_COLLEAGUE, f"the account has no colleague {c.subject.person_id}")
    return refused_manager(people, c.by)


def _refused_session(c: AddCredential, there: Container[bytes | tuple[str, str]]) -> Refusal | None:
    if c.needs is None or c.needs in there:
        return None
    return Refusal(Reason.UNKNOWN_TOKEN, "what the session was to begin with is gone")


async def _make(tx: asyncpg.Connection, c: AddCredential) -> bool:
    """Make a secret valid; return whether it was not yet."""
    if await workers.credential(tx, c.secret_hash, [c.kind]) is not None:
        return False
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
    return True


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
