"""rotate_keys: a fresh key opens the same, and the old one ends by itself."""

import asyncio

from manyeyes.accounts import store as accounts
from manyeyes.accounts.client_keys import MOST_KEYS, client_keys
from manyeyes.accounts.store import KeyMarks, KeyOwner
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.rotate_keys import RotateKey, rotate_keys
from manyeyes.db.pool import DIRECTORY
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.own_people import own_account, own_key
from support.told_changes import ANN, told

DAY = 86_400


def rotating(stage: Stage, account_id: int, fresh: bytes, seconds: int = DAY, by: int = 0) -> RotateKey:
    return RotateKey(
        key_hash=b"key",
        fresh_hash=fresh,
        owner=KeyOwner(stage.cell, account_id, ()),
        marks=KeyMarks(hint="77aa", made_by="Bo"),
        seconds=seconds,
        by=by,
        actor=ANN,
    )


async def reason_of(stage: Stage, command: RotateKey) -> Reason | None:
    (outcome,) = await stage.act(rotate_keys, command)
    return outcome.reason if isinstance(outcome, Refusal) else None


async def test_both_open_the_same_until_the_old_one_ends_by_itself(stage: Stage):
    account_id = await own_account(stage)
    owner = await own_key(stage, account_id, b"key")
    assert await reason_of(stage, rotating(stage, account_id, b"fresh")) is None
    assert [await stage.read(accounts.key_owner, key) for key in (b"key", b"fresh")] == [owner, owner]
    found = {each.key_hash: each for each in await stage.read(client_keys, account_id)}
    fresh, old = found[b"fresh"], found[b"key"]
    assert (fresh.label, fresh.hint, fresh.made_by, fresh.ends_at) == ("shop", "77aa", "Bo", None)
    assert old.ends_at is not None
    assert (old.ends_at - stage.now).total_seconds() == DAY
    await stage.change("UPDATE api_key SET ends_at = now() WHERE cell = $1 AND key_hash = $2", b"key")
    assert [await stage.read(accounts.key_owner, key) for key in (b"key", b"fresh")] == [None, owner]
    assert [each[0] for each in await told(stage, DIRECTORY)] == ["key.replace"]


async def test_at_once_is_at_once(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    stage.now -= stage.now - await stage.pool.fetchval("SELECT now()")
    assert await reason_of(stage, rotating(stage, account_id, b"fresh", 0)) is None
    assert await stage.read(accounts.key_owner, b"key") is None


async def test_a_command_that_comes_twice_replaces_once(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    command = rotating(stage, account_id, b"fresh")
    assert await stage.act(rotate_keys, command, command) == [None, None]
    assert await reason_of(stage, command) is None
    assert len(await stage.read(client_keys, account_id)) == 3


async def test_two_owners_at_once_make_one_key(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    names = [b"fresh %d" % n for n in range(6)]
    said = await asyncio.gather(*[reason_of(stage, rotating(stage, account_id, name)) for name in names])
    assert said.count(None) == 1
    assert said.count(Reason.KEY_REPLACED) == 5
    assert len(await stage.read(client_keys, account_id)) == 3


async def test_who_may_not_and_what_is_not_there(stage: Stage):
    account_id = await own_account(stage)
    assert await reason_of(stage, rotating(stage, account_id, b"fresh")) is Reason.UNKNOWN_CLIENT_KEY
    await own_key(stage, account_id, b"key")
    assert await reason_of(stage, rotating(stage, account_id, b"fresh", by=-1)) is Reason.ROLE_FORBIDS


async def test_a_replacement_counts_among_the_keys_that_an_account_may_have(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    owner = KeyOwner(stage.cell, account_id, ())
    await stage.act(issue_keys, *[IssueKey(b"more %d" % n, owner) for n in range(MOST_KEYS - 2)])
    assert await reason_of(stage, rotating(stage, account_id, b"fresh")) is Reason.ENOUGH_OF_THEM
    assert await stage.read(accounts.key_owner, b"fresh") is None
    stage.now -= stage.now - await stage.pool.fetchval("SELECT now()")
    at_once = rotating(stage, account_id, b"fresh", 0)
    assert await stage.act(rotate_keys, at_once, at_once) == [None, None]  # in the place of one that leaked
    refused, _ = await stage.act(issue_keys, *[IssueKey(key, owner, marks=KeyMarks(by=0)) for key in (b"a", b"b")])
    assert refused is not None
    assert refused.reason is Reason.ENOUGH_OF_THEM
