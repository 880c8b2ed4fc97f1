"""add_credentials: secrets that sign people in, each for its time, made by who may and with what is there."""

import asyncio
from typing import Any

from manyeyes.accounts.roles import PersonRole
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.change_colleagues import ChangeColleague, change_colleagues
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.actions.disconnect_identities import DisconnectIdentity, disconnect_identities
from manyeyes.actions.remove_passkeys import RemovePasskey, remove_passkeys
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.passkeys.rules import session_mark
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.own_people import invited, own_account
from support.passkey_rows import challenge, new_passkey

ANN, OPERATOR = Subject("customer", 7, 1), Subject("operator", 0, 0)
SIGN_IN = Identity("https://id.test", "1", "Ann")


def adding(secret: bytes, subject: Subject = ANN, kind: str = "session", seconds: float = 60.0) -> AddCredential:
    return AddCredential(secret_hash=secret, kind=kind, subject=subject, seconds=seconds)


async def test_each_secret_signs_its_own_subject_in(stage: Stage):
    await stage.act(add_credentials, adding(b"one"), adding(b"two", OPERATOR, "link"))
    assert await stage.read(workers.credential, b"one", ["session"]) == ANN
    assert await stage.read(workers.credential, b"two", ["link"]) == OPERATOR
    assert await stage.read(workers.credential, b"two", ["session"]) is None


async def test_it_is_over_after_its_time(stage: Stage):
    await stage.act(add_credentials, adding(b"one", seconds=-1.0))
    assert await stage.read(workers.credential, b"one", ["session"]) is None


async def test_the_same_secret_sent_again_is_one(stage: Stage):
    await stage.act(add_credentials, adding(b"one"), adding(b"one"))
    await stage.act(add_credentials, adding(b"one"))
    assert await stage.pool.fetchval("SELECT count(*) FROM credential") == 1


def for_colleague(stage: Stage, account_id: int, person_id: int, by: int | None) -> AddCredential:
    whom = Subject("customer", account_id, stage.cell, person_id)
    return AddCredential(secret_hash=b"by %d" % (by or 0), kind="link", subject=whom, seconds=60.0, by=by)


def reasons(outcomes: Any) -> list[Reason | None]:
    return [each.reason if isinstance(each, Refusal) else None for each in outcomes]


async def test_a_link_is_made_by_an_owner_for_who_is_there(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (1, PersonRole.OWNER), (2, PersonRole.MEMBER))
    batch = [for_colleague(stage, account_id, *each) for each in ((2, 1), (1, 2), (3, None), (0, None))]
    assert reasons(await stage.act(add_credentials, *batch)) == [
        None,
        Reason.ROLE_FORBIDS,
        Reason.UNKNOWN_COLLEAGUE,
        None,
    ]
    gone = [ChangeColleague(account_id=account_id, person_id=n, by=1, role=None) for n in (0, 2)]
    assert await stage.act(change_colleagues, *gone) == [None, None]
    batch = [for_colleague(stage, account_id, *each) for each in ((0, None), (1, 2))]
    assert reasons(await stage.act(add_credentials, *batch)) == [Reason.UNKNOWN_COLLEAGUE, Reason.ROLE_FORBIDS]


async def test_who_is_no_owner_any_more_when_it_is_their_turn_makes_no_link(stage: Stage):
    account_id = await own_account(stage)
    await invited(stage, account_id, (1, PersonRole.OWNER), (2, PersonRole.MEMBER))
    async with stage.transaction() as tx:
        demoted = ChangeColleague(account_id=account_id, person_id=1, by=0, role=PersonRole.MEMBER)
        assert await change_colleagues(tx, stage.now, [demoted]) == [None]
        making = asyncio.create_task(stage.act(add_credentials, for_colleague(stage, account_id, 2, by=1)))
        await asyncio.sleep(0.2)
        assert not making.done()
    assert reasons(await making) == [Reason.ROLE_FORBIDS]
    assert await stage.read(workers.credential, b"by 1", ["link"]) is None


def with_passkey(name: bytes) -> AddCredential:
    mark = session_mark(name)
    return AddCredential(secret_hash=name, kind="session", subject=OPERATOR, seconds=60.0, through=mark, needs=name)


async def test_no_session_begins_with_what_was_removed(stage: Stage):
    await stage.act(add_passkeys, AddPasskey(OPERATOR, new_passkey(b"phone"), challenge(b"1")))
    await stage.act(connect_identities, ConnectIdentity(OPERATOR, SIGN_IN))
    by_company = AddCredential(
        secret_hash=b"company's",
        kind="session",
        subject=OPERATOR,
        seconds=60.0,
        needs=(SIGN_IN.issuer, SIGN_IN.sub),
    )
    assert await stage.act(add_credentials, with_passkey(b"phone"), by_company) == [None, None]
    await stage.act(remove_passkeys, RemovePasskey(OPERATOR))
    await stage.act(disconnect_identities, DisconnectIdentity(OPERATOR, SIGN_IN.issuer, SIGN_IN.sub))
    again = await stage.act(add_credentials, with_passkey(b"phone"), by_company)
    assert reasons(again) == [Reason.UNKNOWN_TOKEN] * 2


async def test_a_passkey_that_is_being_removed_begins_no_session_that_stays(stage: Stage):
    await stage.act(add_passkeys, AddPasskey(OPERATOR, new_passkey(b"phone"), challenge(b"1")))
    async with stage.transaction() as tx:
        assert await remove_passkeys(tx, stage.now, [RemovePasskey(OPERATOR)]) == [1]
        beginning = asyncio.create_task(stage.act(add_credentials, with_passkey(b"phone")))
        await asyncio.sleep(0.2)
        assert not beginning.done()
    assert reasons(await beginning) == [Reason.UNKNOWN_TOKEN]
    assert await stage.read(workers.credential, b"phone", ["session"]) is None
