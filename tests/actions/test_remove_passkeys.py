"""remove_passkeys: a passkey ends, and the sessions that it began."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.remove_passkeys import RemovePasskey, remove_passkeys
from manyeyes.workers.passkeys.rules import session_mark
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey

ANN, BEN = Subject("worker", 7, 0), Subject("worker", 8, 0)


async def house(stage: Stage) -> None:
    for n, (subject, name) in enumerate(((ANN, b"phone"), (ANN, b"key"), (BEN, b"tablet"))):
        await stage.act(add_passkeys, AddPasskey(subject, new_passkey(name), challenge(b"%d" % n)))
        session = AddCredential(
            secret_hash=name, kind="session", subject=subject, seconds=60.0, through=session_mark(name)
        )
        await stage.act(add_credentials, session)


async def left(stage: Stage) -> list[bytes]:
    return sorted(bytes(row["secret_hash"]) for row in await stage.pool.fetch("SELECT * FROM credential"))


async def test_one_goes_with_its_sessions(stage: Stage):
    await house(stage)
    batch = [RemovePasskey(ANN, b"phone"), RemovePasskey(ANN, b"tablet"), RemovePasskey(ANN, b"phone")]
    assert await stage.act(remove_passkeys, *batch) == [1, 0, 0]
    assert await left(stage) == [b"key", b"tablet"]


async def test_all_of_somebody_go(stage: Stage):
    await house(stage)
    assert await stage.act(remove_passkeys, RemovePasskey(ANN)) == [2]
    assert await left(stage) == [b"tablet"]
