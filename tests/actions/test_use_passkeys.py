"""use_passkeys: a challenge is answered once, by a passkey that is there, whose device counts on."""

from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.use_passkeys import UsePasskey, use_passkeys
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey

ANN, BEN = Subject("worker", 7, 0), Subject("customer", 8, 1)


async def test_who_is_signed_in(stage: Stage):
    await stage.act(add_passkeys, AddPasskey(ANN, new_passkey(b"counts", sign_count=5), challenge(b"a")))
    await stage.act(add_passkeys, AddPasskey(BEN, new_passkey(b"shared"), challenge(b"b")))
    batch = [
        UsePasskey(b"counts", 6, challenge(b"1")),
        UsePasskey(b"counts", 6, challenge(b"2")),  # a copy of the device
        UsePasskey(b"counts", 9, challenge(b"1")),  # the challenge once more
        UsePasskey(b"shared", 0, challenge(b"3")),
        UsePasskey(b"shared", 0, challenge(b"4")),
        UsePasskey(b"gone", 0, challenge(b"5")),
    ]
    assert await stage.act(use_passkeys, *batch) == [ANN, None, None, BEN, BEN, None]
    rows = {bytes(row["credential_id"]): row for row in await stage.pool.fetch("SELECT * FROM passkey")}
    assert rows[b"counts"]["sign_count"] == 6
    assert rows[b"shared"]["used_at"] is not None
