"""invite_colleagues: somebody may sign in once with a link, in a role."""

from manyeyes.accounts.roles import MOST_COLLEAGUES, PersonRole
from manyeyes.actions.invite_colleagues import invite_colleagues
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.db.pool import DIRECTORY
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.own_people import invited, inviting, own_account, people_of
from support.told_changes import told

OWNER, MEMBER = PersonRole.OWNER, PersonRole.MEMBER


async def test_who_is_invited_signs_in_as_themselves(stage: Stage):
    account_id = await own_account(stage)
    assert await stage.act(invite_colleagues, inviting(stage, account_id, 71, MEMBER, by=0)) == [None]
    assert await people_of(stage, account_id) == [(0, "", OWNER), (71, "Bo", MEMBER)]
    subject = Subject("customer", account_id, stage.cell, 71)
    assert await stage.act(use_links, UseLink(b"link of 71")) == [subject]
    entry = ("colleague.invite", f"colleague:{account_id}.71", None, {"name": "Bo", "role": "member"})
    assert await told(stage, DIRECTORY) == [entry]


async def test_a_command_that_comes_twice_invites_once(stage: Stage):
    account_id = await own_account(stage)
    command = inviting(stage, account_id, 71)
    assert await stage.act(invite_colleagues, command, command) == [None, None]
    assert await stage.act(invite_colleagues, command) == [None]
    assert len(await people_of(stage, account_id)) == 2
    assert len(await told(stage, DIRECTORY)) == 1


async def test_only_an_owner_invites(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, MEMBER), (72, PersonRole.BILLING), (73, PersonRole.READ_ONLY))
    for by in (71, 72, 73, -1, 99):  # members of all kinds, a client key, a stranger
        (refusal,) = await stage.act(invite_colleagues, inviting(stage, account_id, 80, by=by))
        assert isinstance(refusal, Refusal)
        assert refusal.reason is Reason.ROLE_FORBIDS
    assert len(await people_of(stage, account_id)) == 4


async def test_there_are_so_many_at_most_and_none_for_nobody(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, *[(100 + n, MEMBER) for n in range(MOST_COLLEAGUES - 1)])
    enough, nobody = await stage.act(invite_colleagues, inviting(stage, account_id, 71), inviting(stage, 99_999, 72))
    assert isinstance(enough, Refusal)
    assert enough.reason is Reason.ENOUGH_OF_THEM
    assert isinstance(nobody, Refusal)
    assert nobody.reason is Reason.UNKNOWN_ACCOUNT
