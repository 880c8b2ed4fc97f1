"""Sign people in whom their company sends, and let those run the installation whose groups say so."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.staff import store as staff
from manyeyes.staff.rules import FOUNDERS_NAME
from manyeyes.staff.store import StaffMember
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, OPERATOR, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.text.rules import LONGEST_NAME
from manyeyes.workers.identities import store as identities
from manyeyes.workers.identities.store import ConnectedIdentity, Identity
from manyeyes.workers.sign_outs.store import end_links_of, end_sessions_of, lock_credentials_of
from manyeyes.workers.store import Subject


class AdmitIdentity(msgspec.Struct, frozen=True):
    """``role``: what their groups give, None for nothing; ``staff_id``: a number for who is new among the staff."""

    identity: Identity
    role: str | None
    staff_id: int
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def admit_identities(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[AdmitIdentity]
) -> list[Subject | None]:
    """Return whom each signs in, None for nobody.

    Who connected their sign-in themselves is who they are. Who came by their groups is of the staff while those say so,
    with the role that they say now; from when on they do not, nobody is signed in by it, and its sessions have ended.
    """
    # 1. Load, locked in the order in which all lock: whoever is known, and who loses what they have.
    await identities.lock_connecting(tx)
    here = await identities.lock(tx, (c.identity.key for c in commands))
    leaving = [here[c.identity.key].subject for c in commands if c.role is None and _is_by_claims(here, c)]
    if leaving:
        await staff.lock_staff(tx)
        await lock_credentials_of(tx, leaving)
    # 2. Decide and save, each after those before it.
    admitted: list[Subject | None] = []
    entries: list[TrailEntry | None] = []
    seen: set[tuple[str, str]] = set()
    for command in commands:
        key = command.identity.key
        found = (await identities.lock(tx, [key]) if key in seen else here).get(key)
        seen.add(key)
        if found is None and command.role is not None:
            admitted.append(await _taken_on(tx, now, command, entries))
        else:
            admitted.append(await _as_known(tx, now, command, found, entries))
        await identities.note_use(tx, command.identity)
    await trail.record(tx, now, DIRECTORY, entries)
    return admitted


def _is_by_claims(here: Mapping[tuple[str, str], ConnectedIdentity], command: AdmitIdentity) -> bool:
    found = here.get(command.identity.key)
    return found is not None and found.by_claims


async def _taken_on(
    tx: asyncpg.Connection, now: datetime, command: AdmitIdentity, entries: list[TrailEntry | None]
) -> Subject | None:
    """Return who is new among the staff; nobody else is connected meanwhile.

    None when the number was given: the command comes again, and whom it took on has been removed since.
    """
    assert command.role is not None
    if await staff.is_given(tx, command.staff_id):
        return None
    subject = Subject(OPERATOR, command.staff_id, 0)
    await identities.insert(tx, command.identity, subject, by_claims=True)
    for name in _names(command):
        member = StaffMember(command.staff_id, name, command.role)
        if name != FOUNDERS_NAME and await staff.insert_staff(tx, now, member):
            entries.append(change_of(command.actor, Deed.STAFF_ADD, subject.label, None, member))
            return subject
    raise RuntimeError(f"no name is free among the staff for {command.identity.name!r}, whom the company sends")


def _names(command: AdmitIdentity) -> Iterator[str]:
    """Yield what somebody may be called: two people may have one name, and the staff is told apart by it."""
    name, number = command.identity.name, f" {command.staff_id}"
    yield name
    yield name[: LONGEST_NAME - len(number)].rstrip() + number


async def _as_known(
    tx: asyncpg.Connection,
    now: datetime,
    command: AdmitIdentity,
    found: ConnectedIdentity | None,
    entries: list[TrailEntry | None],
) -> Subject | None:
    if found is not None and found.by_claims:
        return await _as_now(tx, now, command, found, entries)
    return found.subject if found else None


async def _as_now(
    tx: asyncpg.Connection,
    now: datetime,
    command: AdmitIdentity,
    found: ConnectedIdentity,
    entries: list[TrailEntry | None],
) -> Subject | None:
    here = {each.staff_id: each for each in await staff.lock_staff(tx)}
    before = here.get(found.subject_id)
    if before is None:  # the operator parted with them; their company cannot undo that
        return None
    if command.role is None:
        await staff.remove_staff(tx, now, found.subject_id)
        await end_sessions_of(tx, found.subject)
        await end_links_of(tx, found.subject)
        await identities.delete(tx, found.issuer, found.sub, found.subject, by_claims=True)  # with groups they are new
        entries.append(change_of(command.actor, Deed.STAFF_REMOVE, found.subject.label, before, None))
        return None
    after = msgspec.structs.replace(before, role=command.role)
    if after != before:
        await staff.change_role(tx, found.subject_id, command.role)
        entries.append(change_of(command.actor, Deed.STAFF_SET, found.subject.label, before, after))
    return found.subject
