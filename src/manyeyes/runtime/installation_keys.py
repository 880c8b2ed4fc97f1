"""What this installation signs with, and how it lies in the database: sealed by a key that is not in there.

Whoever serves makes what is missing and seals what is not (docs/decisions/0041-sealed-at-rest.md).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

import asyncpg
import msgspec

from manyeyes.db.migrate import SQL
from manyeyes.db.rows import read
from manyeyes.runtime.key_file import key_path, key_place, make_key, read_key
from manyeyes.settings import Settings
from manyeyes.values.response_signing import new_private_key
from manyeyes.values.sealing import Sealer

GIVE_UP = "`manyeyes db reset-secrets` (with the same --data) gives them up"


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation signs with: picture addresses, call-backs, and answers of TUPU's contract.

    ``buckets`` seals the secrets of customers' buckets, ``payouts`` where workers' money goes: so a new key in the file
    seals nothing of theirs anew. ``trail`` signs the heads of the audit trail (Ed25519).
    """

    pictures: bytes
    webhooks: bytes
    buckets: bytes
    payouts: bytes
    trail: bytes
    signing: bytes  # DER, PKCS#8


class SecretsUnreadable(ValueError):
    """The installation's keys cannot be opened; the text says why, and how to go on."""


class StoredSecret(msgspec.Struct, frozen=True):
    """A row of `secret`; ``sealed_by`` is the `Sealer.key_id` of the key that seals it, None while nothing does."""

    name: str
    value: bytes
    sealed_by: bytes | None


async def installation_keys(db: asyncpg.Connection, settings: Settings, *, serving: bool) -> Keys:
    """Return the keys of this installation, made now where they are missing. Raises `SecretsUnreadable`.

    ``serving``: seal with the newest key what is not, and make the file with that key while nothing needs an older one.
    A command that serves nothing leaves all of that to the next start: it may run on a machine where the file is not.
    """
    names = dict.fromkeys(("pictures", "webhooks", "buckets", "payouts", "trail"), _random)
    bits = settings.signing_key_bits
    make = {**names, f"signing-{bits}": lambda: new_private_key(bits)}
    stored, ring = await _stored(db), _ring(settings)
    if not make.keys() <= stored.keys() or (serving and not _is_settled(stored, ring)):
        stored, ring = await _settle(db, settings, make, serving=serving)
    opened = {name: _opened(stored[name], ring, settings) for name in make}
    return Keys(signing=opened.pop(f"signing-{bits}"), **opened)


async def check_secrets(db: asyncpg.Connection, settings: Settings) -> Mapping[str, bool]:
    """Return all stored secrets, by name, with whether each is sealed. Raises `SecretsUnreadable` for a lost one."""
    stored, ring = await _stored(db), _ring(settings)
    for each in stored.values():
        _opened(each, ring, settings)
    return {each.name: each.sealed_by is not None for each in stored.values()}


async def _settle(
    db: asyncpg.Connection, settings: Settings, make: Mapping[str, Callable[[], bytes]], *, serving: bool
) -> tuple[dict[str, StoredSecret], Sequence[Sealer]]:
    """Make what is missing, seal what is not by the newest key: all or nothing, one process after the other."""
    made = {name: fresh() for name, fresh in make.items()}  # before the lock: a private key takes a while
    async with db.transaction():
        await db.execute(SQL.lock_secrets)
        stored, ring = await _stored(db), _ring(settings)
        if serving and not ring and all(each.sealed_by is None for each in stored.values()):
            ring = make_key(settings)
        fresh = [StoredSecret(name, value, None) for name, value in made.items() if name not in stored]
        loose = [each for each in stored.values() if serving and not _is_settled({each.name: each}, ring)]
        for each in [*loose, *fresh]:  # what cannot be opened ends it before anything is sealed
            clear = _opened(each, ring, settings)
            value = ring[0].seal(each.name, clear) if serving else clear
            await db.execute(SQL.keep_secret, each.name, value, ring[0].key_id if serving else None)
        return await _stored(db), ring


def _is_settled(stored: Mapping[str, StoredSecret], ring: Sequence[Sealer]) -> bool:
    return bool(ring) and all(each.sealed_by == ring[0].key_id for each in stored.values())


def _opened(stored: StoredSecret, ring: Sequence[Sealer], settings: Settings) -> bytes:
    if stored.sealed_by is None:
        return stored.value
    if not ring:
        raise SecretsUnreadable(
            f"the installation's keys are sealed, and the file that opens them is not there: bring back"
            f" {key_path(settings)} from a backup or another node; {GIVE_UP}"
        )
    opener = next((sealer for sealer in ring if sealer.key_id == stored.sealed_by), None)
    if opener is None:
        raise SecretsUnreadable(
            f"the installation's keys are sealed with another key than the one in {key_place(settings)}: bring back"
            f" the right one from a backup or another node; {GIVE_UP}"
        )
    try:
        return opener.open(stored.name, stored.value)
    except ValueError as error:
        raise SecretsUnreadable(f"the installation's key {error}; {GIVE_UP}") from error


def _ring(settings: Settings) -> Sequence[Sealer]:
    try:
        return read_key(settings)
    except ValueError as error:
        raise SecretsUnreadable(str(error)) from error


async def _stored(db: asyncpg.Connection) -> dict[str, StoredSecret]:
    return {each.name: each for each in read(StoredSecret, await db.fetch(SQL.secrets))}


def _random() -> bytes:
    return secrets.token_bytes(32)
