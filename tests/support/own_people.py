"""An account with a place, and its people and keys, on the stage of an action."""

from manyeyes.accounts import colleagues
from manyeyes.accounts.roles import Colleague, PersonRole
from manyeyes.accounts.store import KeyMarks, KeyOwner
from manyeyes.actions.invite_colleagues import InviteColleague, invite_colleagues
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.open_accounts import Beginning, OpenAccount, open_accounts
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.told_changes import ANN


async def own_account(stage: Stage) -> int:
    """Open an account whose people and keys can be changed; its first key is b"first"."""
    account_id = stage.number()
    beginning = Beginning(key_hash=b"first", networks=(), link_hash=b"link", top_up_id=stage.number(), amount_micros=0)
    await stage.act(open_accounts, OpenAccount(stage.cell, account_id, "Ada", beginning))
    return account_id


def inviting(
    stage: Stage, account_id: int, person_id: int, role: PersonRole = PersonRole.OWNER, by: int | None = None
) -> InviteColleague:
    """Return the command that invites somebody, whose link has a hash of their own."""
    subject, link_hash = Subject("customer", account_id, stage.cell, person_id), b"link of %d" % person_id
    return InviteColleague(subject=subject, name="Bo", role=role, link_hash=link_hash, by=by, made_by="Ada", actor=ANN)


async def invited(stage: Stage, account_id: int, *people: tuple[int, PersonRole]) -> None:
    """Let the operator invite people, each by number with a role."""
    commands = [inviting(stage, account_id, person_id, role) for person_id, role in people]
    assert await stage.act(invite_colleagues, *commands) == [None] * len(people)


async def people_of(stage: Stage, account_id: int) -> list[tuple[int, str, PersonRole]]:
    """Return (number, name, role) of an account's people."""
    found: list[Colleague] = await stage.read(colleagues.colleagues, account_id)
    return [(each.person_id, each.name, each.role) for each in found]


async def own_key(stage: Stage, account_id: int, key_hash: bytes) -> KeyOwner:
    """Give an account a key with a label, from one network."""
    owner = KeyOwner(stage.cell, account_id, ("192.0.2.0/24",), ("tasks:read", "webhooks"))
    await stage.act(issue_keys, IssueKey(key_hash, owner, marks=KeyMarks("shop", "9f3c", "Ada")))
    return owner
