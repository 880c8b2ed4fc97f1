"""An account's people, alike for every edge: invited, changed, removed (docs/decisions/0077)."""

import msgspec

from manyeyes.accounts import colleagues
from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.roles import Colleague, PersonRole
from manyeyes.accounts.rules import digest, new_token
from manyeyes.accounts.store import Owner
from manyeyes.actions.change_colleagues import ChangeColleague, change_colleagues
from manyeyes.actions.invite_colleagues import InviteColleague, invite_colleagues
from manyeyes.roles.login_links import address_of, make_link
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.values.text.rules import read_name
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.store import Subject


class Invited(msgspec.Struct, frozen=True):
    """Somebody who may sign in once with the address, which is shown this once."""

    person_id: int
    login_url: str

    def __repr__(self) -> str:
        return f"Invited({self.person_id})"  # a log may show it


async def people_of(context: Context, owner: Owner) -> list[Colleague]:
    """Return who may sign in for an account, the first owner first."""
    async with context.cells.directory.acquire() as db:
        return await colleagues.colleagues(db, owner.account_id)


async def invite_person(
    context: Context, owner: Owner, name: str, role: str, actor: Actor, *, by: AccountPerson | None = None
) -> Invited | Refusal:
    """Let somebody sign in with a one-time address and a role; ``by`` None: the operator does."""
    read = read_person(name, role)
    if isinstance(read, Refusal):
        return read
    secret, person_id = new_token(), await context.id_blocks.take_number("person")
    command = InviteColleague(
        subject=Subject("customer", owner.account_id, owner.cell, person_id),
        name=read[0],
        role=read[1],
        link_hash=digest(secret),
        by=by.person_id if by else None,
        made_by=by.name if by else "",
        actor=actor,
    )
    refusal = await context.batcher.ask(invite_colleagues, command)
    await context.notifier.tell_changed()
    return refusal or Invited(person_id, address_of(context, secret))


async def change_person(
    context: Context, by: AccountPerson, person_id: int, given: tuple[str, str], actor: Actor
) -> Refusal | None:
    """Give one of the account's people another (name, role); it holds at once, in all servers."""
    read = read_person(*given)
    if isinstance(read, Refusal):
        return read
    command = ChangeColleague(
        account_id=by.account_id,
        person_id=person_id,
        by=by.person_id,
        role=read[1],
        name=read[0],
        actor=actor,
    )
    return await _change(context, command)


async def remove_person(context: Context, by: AccountPerson, person_id: int, actor: Actor) -> Refusal | None:
    """Remove one of the account's people: they are signed out everywhere at once."""
    command = ChangeColleague(account_id=by.account_id, person_id=person_id, by=by.person_id, role=None, actor=actor)
    return await _change(context, command)


async def fresh_link(
    context: Context, owner: Owner, person_id: int, actor: Actor, *, by: AccountPerson | None = None
) -> Invited | Refusal:
    """Make another one-time address by which one of the account's people signs in; ``by`` None: the operator does."""
    subject = Subject("customer", owner.account_id, owner.cell, person_id)
    made = await make_link(context, subject, actor, by=by.person_id if by else None)
    return made if isinstance(made, Refusal) else Invited(person_id, made)


def everybody_of(owner: Owner) -> Subject:
    """Return all of an account's people, as who is signed out."""
    return Subject("customer", owner.account_id, owner.cell, EVERY_PERSON)


def read_person(name: str, role: str) -> tuple[str, PersonRole] | Refusal:
    """Return a name in its one form and a role, or what of them is wrong."""
    faults, read, is_role = [], "", role in set(PersonRole)
    try:
        read = read_name(name)
    except ValueError as error:
        faults.append(MemberFault(str(error), "/name"))
    if not is_role:
        faults.append(MemberFault(f"the role must be one of {', '.join(PersonRole)}", "/role"))
    if faults:
        return Refusal(Reason.UNREADABLE, faults[0].detail, tuple(faults))
    return read, PersonRole(role)


async def _change(context: Context, command: ChangeColleague) -> Refusal | None:
    refusal = await context.batcher.ask(change_colleagues, command)
    await context.notifier.tell_changed()
    return refusal
