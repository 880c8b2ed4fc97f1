"""Batches about the sign-ins of the same people in opposite orders never wait in a ring, and keep to what may be."""

from collections.abc import Callable

import pytest

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.admit_identities import AdmitIdentity, admit_identities
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.actions.disconnect_identities import DisconnectIdentity, disconnect_identities
from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.actions.forget_credentials import ForgetCredentials, forget_credentials
from manyeyes.actions.remove_passkeys import RemovePasskey, remove_passkeys
from manyeyes.actions.sign_out import SignOut, sign_out
from manyeyes.actions.use_passkeys import UsePasskey, use_passkeys
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.passkeys.rules import MOST_PASSKEYS, PasskeyKept
from manyeyes.workers.store import Subject
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey
from support.races import Batch, race

MANY = 12
Make = Callable[[list[int]], Batch]


def somebody(number: int) -> Subject:
    return Subject("worker", number, 0)


def identity(number: int) -> Identity:
    return Identity("https://id.test", f"sub {number}", f"Ann {number}")


def staffs(number: int) -> Identity:
    return Identity("https://id.test", f"staff {number}", f"Ben {number}")


def a_session(number: int, **given: object) -> AddCredential:
    secret = b"session %d %r" % (number, sorted(given.items()))
    return AddCredential(secret_hash=secret, kind="session", subject=somebody(number), seconds=60.0, **given)  # type: ignore[arg-type]


def old(number: int) -> bytes:
    return a_session(number).secret_hash


@pytest.fixture
async def people(stage: Stage) -> list[int]:
    """Let people have a passkey, their company's sign-in and a session each; return their numbers."""
    found = [stage.number() for _ in range(MANY)]
    made = [AddPasskey(somebody(n), new_passkey(b"%d" % n), challenge(b"made %d" % n)) for n in found]
    await stage.act(add_passkeys, *made)
    await stage.act(connect_identities, *[ConnectIdentity(somebody(n), identity(n)) for n in found])
    await stage.act(admit_identities, *[AdmitIdentity(staffs(n), "support", n) for n in found])
    await stage.act(add_credentials, *[a_session(n) for n in found])
    return found


def begun(numbers: list[int]) -> Batch:
    return add_credentials, [a_session(n, needs=b"%d" % n, ends=old(n), address=f"{numbers[0]}") for n in numbers]


def begun_by_company(numbers: list[int]) -> Batch:
    return add_credentials, [a_session(n, needs=identity(n).key, address=f"{numbers[0]}") for n in numbers]


def used(numbers: list[int]) -> Batch:
    return use_passkeys, [UsePasskey(b"%d" % n, 0, challenge(b"used %d" % n)) for n in numbers]


def made(numbers: list[int]) -> Batch:
    new = [(n, new_passkey(b"new %d" % n), challenge(b"used %d" % n)) for n in numbers]
    return add_passkeys, [AddPasskey(somebody(n), passkey, answered) for n, passkey, answered in new]


def removed(numbers: list[int]) -> Batch:
    return remove_passkeys, [RemovePasskey(somebody(n)) for n in numbers]


def connected(numbers: list[int]) -> Batch:
    some = [identity(n) for n in numbers] + [Identity("https://id.test", f"new {n}", "Ann") for n in numbers]
    return connect_identities, [ConnectIdentity(somebody(numbers[0]), each) for each in some]


def disconnected(numbers: list[int]) -> Batch:
    keys = [identity(n).key for n in numbers]
    return disconnect_identities, [DisconnectIdentity(somebody(n), *key) for n, key in zip(numbers, keys, strict=True)]


def admitted(numbers: list[int]) -> Batch:
    """Admit who is new, and part with every second one who came by their groups."""
    known = [AdmitIdentity(staffs(n), None if n % 2 else "auditor", n) for n in numbers]
    new = [AdmitIdentity(Identity("https://id.test", f"new {n}", f"Cy {n}"), "support", 1000 + n) for n in numbers]
    return admit_identities, [*known, *new]


def out(numbers: list[int]) -> Batch:
    staff = [SignOut(Subject("operator", n, 0)) for n in numbers]
    return sign_out, [*[SignOut(somebody(n)) for n in numbers], *staff]


def ended(numbers: list[int]) -> Batch:
    return end_sessions, [EndSession(old(n)) for n in numbers]


def forgotten(numbers: list[int]) -> Batch:
    return forget_credentials, [ForgetCredentials() for _ in numbers]


ALL = [begun, begun_by_company, used, made, removed, connected, disconnected, admitted, out, ended, forgotten]


@pytest.mark.parametrize("one", range(len(ALL)), ids=[each.__name__ for each in ALL])
async def test_opposite_orders_wait_and_never_in_a_ring(stage: Stage, people: list[int], one: int):
    """Each meets itself and half of the others, so that all pairs meet."""
    half = [*ALL[one:], *ALL][: len(ALL) // 2 + 1]
    outcomes = await race(stage, half[0](people), *[each(people[::-1]) for each in half])
    assert [len(each) for each in outcomes[1:]] == [len(each(people)[1]) for each in half]


@pytest.mark.parametrize("there", [0, MOST_PASSKEYS - 1])
async def test_two_batches_make_no_more_passkeys_than_somebody_may_have(stage: Stage, there: int):
    ann, others = somebody(7), 15

    def batch(name: bytes, count: int) -> Batch:
        some = [b"%s %d" % (name, n) for n in range(count)]
        return add_passkeys, [AddPasskey(ann, new_passkey(each), challenge(each)) for each in some]

    await race(stage, batch(b"there", there))
    outcomes = await race(stage, batch(b"one", others), batch(b"two", others))
    kept = [outcome for each in outcomes for outcome in each]
    assert kept.count(PasskeyKept.KEPT) == MOST_PASSKEYS - there
    assert kept.count(PasskeyKept.TOO_MANY) == 2 * others - MOST_PASSKEYS + there
    assert len(await stage.pool.fetch("SELECT FROM passkey")) == MOST_PASSKEYS
