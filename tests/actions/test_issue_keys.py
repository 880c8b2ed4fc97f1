"""issue_keys: more client keys for an account."""

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from support.action_stage import Stage


async def test_keys_are_valid_beside_each_other(stage: Stage):
    owner, other = KeyOwner(stage.cell, 7, ("203.0.113.0/24",)), KeyOwner(stage.cell, 8, ())
    await stage.act(issue_keys, IssueKey(b"one", owner), IssueKey(b"two", owner), IssueKey(b"three", other))
    found = [await stage.read(accounts.key_owner, key) for key in (b"one", b"two", b"three", b"four")]
    assert found == [owner, owner, other, None]


async def test_the_same_key_sent_again_is_one_key(stage: Stage):
    command = IssueKey(b"one", KeyOwner(stage.cell, 7, ()))
    await stage.act(issue_keys, command, command)
    await stage.act(issue_keys, command)
    assert await stage.pool.fetchval("SELECT count(*) FROM api_key") == 1
