"""add_passkeys: a passkey is its person's, and a challenge makes one."""

from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.workers.passkeys.rules import PasskeyKept
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey

ANN, BEN = Subject("worker", 7, 0), Subject("worker", 8, 0)


async def test_one_is_kept_and_the_same_again_changes_nothing(stage: Stage):
    first = AddPasskey(ANN, new_passkey(b"one"), challenge(b"a"))
    assert await stage.act(add_passkeys, first) == [PasskeyKept.KEPT]
    assert await stage.act(add_passkeys, first) == [PasskeyKept.BEFORE]  # its reply was lost
    assert [row["name"] for row in await stage.pool.fetch("SELECT * FROM passkey")] == ["Phone"]


async def test_a_challenge_makes_one_passkey_and_nobody_takes_anothers(stage: Stage):
    await stage.act(add_passkeys, AddPasskey(ANN, new_passkey(b"one"), challenge(b"a")))
    batch = [
        AddPasskey(ANN, new_passkey(b"two"), challenge(b"a")),
        AddPasskey(BEN, new_passkey(b"one"), challenge(b"b")),
        AddPasskey(BEN, new_passkey(b"three"), challenge(b"c")),
        AddPasskey(BEN, new_passkey(b"four"), challenge(b"c")),
    ]
    late = PasskeyKept.TOO_LATE
    assert await stage.act(add_passkeys, *batch) == [late, late, PasskeyKept.KEPT, late]
    rows = await stage.pool.fetch("SELECT * FROM passkey")
    assert sorted((bytes(row["credential_id"]), row["subject_id"]) for row in rows) == [(b"one", 7), (b"three", 8)]
