"""Give an account's people other names or roles, or remove them."""

from collections.abc import Container, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import colleagues
from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import Colleague, PersonRole, refused_change, refused_manager
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.sign_outs.store import end_links_of, end_sessions_of, lock_credentials_of
from manyeyes.workers.store import Subject


class ChangeColleague(msgspec.Struct, frozen=True, kw_only=True):
    """``role`` None: they are removed; ``name`` None: it stays. ``by``: who of the account's people says so."""

    account_id: int
    person_id: int
    by: int
    role: PersonRole | None
    name: str | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def change_colleagues(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeColleague]
) -> list[Refusal | None]:
    """Change the people, or say why not: who asks is no owner (any more), or the account would have none.

    With somebody who is removed their sessions end, and their links that were not used. Where another owner
    ends somebody's being one, the unused links of all the account's people end: one may have been kept.
    """
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.account_id for c in commands))
    lowered = (c.account_id for c in commands if c.role is not PersonRole.OWNER)
    await lock_credentials_of(tx, (Subject("customer", account_id, 0) for account_id in lowered))
    outcomes = [await _change(tx, now, command, places, entries) for command in commands]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _change(
    tx: asyncpg.Connection,
    now: datetime,
    command: ChangeColleague,
    places: Container[int],
    entries: list[TrailEntry | None],
) -> Refusal | None:
    people = await locked_people(tx, places, command.account_id)
    refusal = refused_manager(people, command.by) or refused_change(people, command.person_id, command.role)
    if refusal is not None:
        return refusal
    (person,) = [each for each in people if each.person_id == command.person_id]
    changed = msgspec.structs.replace(
        person,
        name=person.name if command.name is None else command.name,
        role=command.role or person.role,
        created_at=person.created_at or now,
        removed_at=None if command.role else now,
    )
    await colleagues.save_colleague(tx, changed)
    deed = Deed.COLLEAGUE_SET if command.role else Deed.COLLEAGUE_REMOVE
    subject = f"colleague:{command.account_id}.{command.person_id}"
    after = _told(changed) if command.role else None
    entries.append(change_of(command.actor, deed, subject, _told(person), after))
    whom = Subject("customer", command.account_id, 0, command.person_id)
    if command.role is None:
        await end_sessions_of(tx, whom)
        await end_links_of(tx, whom)
    if person.role is PersonRole.OWNER and command.role is not PersonRole.OWNER and command.by != command.person_id:
        await end_links_of(tx, msgspec.structs.replace(whom, person_id=EVERY_PERSON))
    return None


def _told(person: Colleague) -> dict[str, object]:
    return {"name": person.name, "role": person.role}
