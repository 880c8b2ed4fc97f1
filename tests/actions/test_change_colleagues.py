"""change_colleagues: other names and roles, and an end; an account always has an owner."""

import asyncio

import pytest

from manyeyes.accounts.roles import PersonRole
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.change_colleagues import ChangeColleague, change_colleagues
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.db.pool import DIRECTORY
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.own_people import invited, own_account, people_of
from support.told_changes import ANN, told

OWNER, MEMBER, BILLING = PersonRole.OWNER, PersonRole.MEMBER, PersonRole.BILLING


def changing(
    account_id: int, by: int, person_id: int, role: PersonRole | None, name: str | None = None
) -> ChangeColleague:
    return ChangeColleague(account_id=account_id, person_id=person_id, by=by, role=role, name=name, actor=ANN)


async def reason_of(stage: Stage, command: ChangeColleague) -> Reason | None:
    (outcome,) = await stage.act(change_colleagues, command)
    return outcome.reason if isinstance(outcome, Refusal) else None


async def test_a_name_and_a_role_change_and_are_told(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, MEMBER))
    assert await reason_of(stage, changing(account_id, 0, 71, BILLING, "Bob")) is None
    assert await reason_of(stage, changing(account_id, 0, 0, OWNER, "Ada")) is None
    assert await people_of(stage, account_id) == [(0, "Ada", OWNER), (71, "Bob", BILLING)]
    before, after = {"name": "Bo", "role": "member"}, {"name": "Bob", "role": "billing"}
    assert (await told(stage, DIRECTORY))[1:] == [
        ("colleague.set", f"colleague:{account_id}.71", before, after),
        ("colleague.set", f"colleague:{account_id}.0", {"name": ""}, {"name": "Ada"}),
    ]


async def test_who_is_removed_is_signed_out_and_nobody_else_is(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, MEMBER), (72, MEMBER))
    for secret, person_id in ((b"one", 71), (b"two", 72), (b"first owner", 0)):
        subject = Subject("customer", account_id, stage.cell, person_id)
        await stage.act(add_credentials, AddCredential(secret_hash=secret, kind="session", subject=subject, seconds=60))
    assert await reason_of(stage, changing(account_id, 0, 71, None)) is None
    found = [await stage.read(workers.credential, s, ["session"]) for s in (b"one", b"two", b"first owner")]
    assert [each is not None for each in found] == [False, True, True]
    assert await stage.act(use_links, UseLink(b"link of 71"), UseLink(b"link of 72")) == [
        None,
        Subject("customer", account_id, stage.cell, 72),
    ]
    assert [number for number, _, _ in await people_of(stage, account_id)] == [0, 72]
    assert await reason_of(stage, changing(account_id, 0, 71, OWNER)) is Reason.UNKNOWN_COLLEAGUE


async def test_the_last_owner_is_neither_removed_nor_made_less(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, MEMBER))
    for role in (None, MEMBER, BILLING):
        assert await reason_of(stage, changing(account_id, 0, 0, role)) is Reason.LAST_OWNER
    assert await reason_of(stage, changing(account_id, 0, 71, OWNER)) is None
    assert await reason_of(stage, changing(account_id, 71, 0, None)) is None
    assert await reason_of(stage, changing(account_id, 71, 71, MEMBER)) is Reason.LAST_OWNER
    assert await people_of(stage, account_id) == [(71, "Bo", OWNER)]


async def test_only_an_owner_changes_anybody(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, MEMBER), (72, OWNER))
    for by in (71, -1, 99):
        assert await reason_of(stage, changing(account_id, by, 71, OWNER)) is Reason.ROLE_FORBIDS
    assert await reason_of(stage, changing(99_999, 0, 0, None)) is Reason.ROLE_FORBIDS


async def test_two_owners_who_remove_each_other_at_once_leave_one(stage: Stage):
    for _ in range(5):
        account_id = stage.number()
        async with stage.transaction() as tx:
            await tx.execute(
                "INSERT INTO account_place (account_id, name, cell, created_at) VALUES ($1, 'Ada', $2, now())",
                account_id,
                stage.cell,
            )
        number = 1_000 + account_id
        await invited(stage, account_id, (number, OWNER))
        said = await asyncio.gather(
            reason_of(stage, changing(account_id, 0, number, None)),
            reason_of(stage, changing(account_id, number, 0, None)),
        )
        assert sorted(map(str, said)) == ["None", "role_forbids"]
        assert len(await people_of(stage, account_id)) == 1


@pytest.mark.parametrize("role", [MEMBER, None])
async def test_links_that_an_owner_may_have_kept_end_when_they_are_none_any_more(stage: Stage, role: PersonRole | None):
    account_id = await own_account(stage)
    await invited(stage, account_id, (71, OWNER), (72, OWNER), (73, MEMBER))
    renamed = [changing(account_id, 71, 72, OWNER, "Lan"), changing(account_id, 71, 73, BILLING)]
    assert await stage.act(change_colleagues, *renamed) == [None, None]
    assert await stage.read(workers.credential, b"link of 73", ["link"]) is not None
    assert await reason_of(stage, changing(account_id, 71, 72, role)) is None
    for link in (b"link", b"link of 71", b"link of 72", b"link of 73"):
        assert await stage.read(workers.credential, link, ["link"]) is None
