"""revoke_keys: a key ends, and with it the sessions that it began."""

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support.action_stage import Stage


async def signed_in(stage: Stage, secret: bytes, through: bytes | None) -> None:
    subject = Subject("customer", 7, stage.cell)
    command = AddCredential(secret_hash=secret, kind="session", subject=subject, seconds=60.0, through=through)
    await stage.act(add_credentials, command)


async def test_a_key_and_its_sessions_end_and_others_stay(stage: Stage):
    owner = KeyOwner(stage.cell, 7, ())
    await stage.act(issue_keys, IssueKey(b"one", owner), IssueKey(b"two", owner))
    for secret, through in ((b"by one", b"one"), (b"by two", b"two"), (b"by link", None)):
        await signed_in(stage, secret, through)
    assert await stage.act(revoke_keys, RevokeKey(b"one"), RevokeKey(b"none"), RevokeKey(b"one")) == [7, None, None]
    assert [await stage.read(accounts.key_owner, key) for key in (b"one", b"two")] == [None, owner]
    found = [await stage.read(workers.credential, s, ["session"]) for s in (b"by one", b"by two", b"by link")]
    assert [subject is not None for subject in found] == [False, True, True]


async def test_a_key_that_has_ended_ends_no_second_time(stage: Stage):
    await stage.act(issue_keys, IssueKey(b"one", KeyOwner(stage.cell, 7, ())))
    assert await stage.act(revoke_keys, RevokeKey(b"one")) == [7]
    assert await stage.act(revoke_keys, RevokeKey(b"one")) == [None]
