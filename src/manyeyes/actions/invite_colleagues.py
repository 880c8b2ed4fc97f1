"""Let more people sign in for accounts, each with a one-time link and a role."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import colleagues
from manyeyes.accounts.colleagues import lock_places
from manyeyes.accounts.roles import MOST_COLLEAGUES, Colleague, PersonRole, refused_manager
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject


class InviteColleague(msgspec.Struct, frozen=True, kw_only=True):
    """``subject``: with the number that was taken for them; ``link_hash``: of their link's secret.

    ``by``: who of the account's people invites them, by number, and ``made_by`` by name; None: the operator.
    """

    subject: Subject
    name: str
    role: PersonRole
    link_hash: bytes
    by: int | None = None
    made_by: str = ""
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def invite_colleagues(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[InviteColleague]
) -> list[Refusal | None]:
    """Invite the people, or say why not; a number that is taken came before, with a command whose reply was lost."""
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.subject.subject_id for c in commands))
    outcomes = [
        await _invite(tx, now, c, entries)
        if c.subject.subject_id in places
        else Refusal(Reason.UNKNOWN_ACCOUNT, f"there is no account {c.subject.subject_id}")
        for c in commands
    ]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _invite(
    tx: asyncpg.Connection, now: datetime, command: InviteColleague, entries: list[TrailEntry | None]
) -> Refusal | None:
    account_id, person_id = command.subject.subject_id, command.subject.person_id
    people = await colleagues.colleagues(tx, account_id)
    refusal = refused_manager(people, command.by)
    if refusal is not None:
        return refusal
    if await colleagues.colleague(tx, account_id, person_id) is not None:
        return None
    if len(people) >= MOST_COLLEAGUES:
        return Refusal(Reason.ENOUGH_OF_THEM, f"the account has {MOST_COLLEAGUES} people; remove one first")
    person = Colleague(
        account_id=account_id,
        person_id=person_id,
        name=command.name,
        role=command.role,
        made_by=command.made_by,
        created_at=now,
    )
    await colleagues.save_colleague(tx, person)
    await workers.insert_credential(tx, command.link_hash, "link", command.subject, LINK_SECONDS)
    told = {"name": person.name, "role": person.role}
    entries.append(change_of(command.actor, Deed.COLLEAGUE_INVITE, f"colleague:{account_id}.{person_id}", None, told))
    return None
