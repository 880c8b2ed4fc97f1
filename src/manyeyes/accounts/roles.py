"""Who an account's people are and what each role opens: the one rule of pages, forms and /v1 (docs/decisions/0077)."""

import enum
from collections.abc import Sequence
from datetime import datetime

import msgspec

from manyeyes.accounts.rules import MANAGE, MONEY_ASK, MONEY_READ, TASKS_READ, TASKS_WRITE, WEBHOOKS
from manyeyes.values.refusals import Reason, Refusal

FOUNDER = 0  # the first owner: whom the account's own sign-in link signs in
BY_KEY = -1  # whoever signed in with a client key: nobody by name, and what the key opens
MOST_COLLEAGUES = 200
LONGEST_LABEL = 100


class PersonRole(enum.StrEnum):
    """What somebody is for their account."""

    OWNER = "owner"
    MEMBER = "member"
    BILLING = "billing"
    READ_ONLY = "read_only"


# What each role opens, of the scopes that keys have and of those that people alone have.
OPENS: dict[PersonRole, tuple[str, ...]] = {
    PersonRole.OWNER: (TASKS_READ, TASKS_WRITE, MONEY_READ, WEBHOOKS, MONEY_ASK, MANAGE),
    PersonRole.MEMBER: (TASKS_READ, TASKS_WRITE, MONEY_READ, WEBHOOKS),
    PersonRole.BILLING: (MONEY_READ, MONEY_ASK),
    PersonRole.READ_ONLY: (TASKS_READ, MONEY_READ),
}


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """One of an account's people. ``name``: as it was typed; empty for a first owner who was never named.

    ``made_by``: the name of who invited them; empty: the operator. ``removed_at``: None while they may sign in.
    """

    account_id: int
    person_id: int
    name: str
    role: PersonRole
    made_by: str
    created_at: datetime | None
    removed_at: datetime | None = None


def founder(account_id: int) -> Colleague:
    """Return the first owner of an account as they are until somebody changes them."""
    return Colleague(
        account_id=account_id, person_id=FOUNDER, name="", role=PersonRole.OWNER, made_by="", created_at=None
    )


def refused_manager(people: Sequence[Colleague], by: int | None) -> Refusal | None:
    """Return why ``by`` may not change keys and people now; None when they may. None stands for the operator."""
    if by is None or any(each.person_id == by and MANAGE in OPENS[each.role] for each in people):
        return None
    return Refusal(Reason.ROLE_FORBIDS, "only an owner of the account changes its keys and its people")


def refused_change(people: Sequence[Colleague], person_id: int, role: PersonRole | None) -> Refusal | None:
    """Return why one of the people cannot get this role, or be removed (None); None when they can.

    An account always has an owner.
    """
    owners = {each.person_id for each in people if each.role is PersonRole.OWNER}
    if all(each.person_id != person_id for each in people):
        return Refusal(Reason.UNKNOWN_COLLEAGUE, f"the account has no colleague {person_id}")
    if owners == {person_id} and role is not PersonRole.OWNER:
        return Refusal(Reason.LAST_OWNER, "somebody else must be an owner first")
    return None
