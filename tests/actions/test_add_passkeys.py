"""add_passkeys: a passkey is its person's, and a challenge makes one."""

from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey

ANN, BEN = Subject("worker", 7, 0), Subject("worker", 8, 0)


async def test_one_is_kept_and_the_same_again_changes_nothing(stage: Stage):
    first = AddPasskey(ANN, new_passkey(b"one"), challenge(b"a"))
    assert await stage.act(add_passkeys, first) == [True]
    assert await stage.act(add_passkeys, first) == [True]  # its reply was lost
    assert [row["name"] for row in await stage.pool.fetch("SELECT * FROM passkey")] == ["Phone"]


async def test_a_challenge_makes_one_passkey_and_nobody_takes_anothers(stage: Stage):
    await stage.act(add_passkeys, AddPasskey(ANN, new_passkey(b"one"), challenge(b"a")))
    batch = [
        AddPasskey(ANN, new_passkey(b"two"), challenge(b"a")),
        AddPasskey(BEN, new_passkey(b"one"), challenge(b"b")),
        AddPasskey(BEN, new_passkey(b"three"), challenge(b"c")),
        AddPasskey(BEN, new_passkey(b"four"), challenge(b"c")),
    ]
    assert await stage.act(add_passkeys, *batch) == [False, False, True, False]
    rows = await stage.pool.fetch("SELECT * FROM passkey")
    assert sorted((bytes(row["credential_id"]), row["subject_id"]) for row in rows) == [(b"one", 7), (b"three", 8)]
