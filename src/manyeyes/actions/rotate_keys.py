"""Put fresh client keys in the place of others, which go on for a while and then end by themselves."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.accounts import client_keys
from manyeyes.accounts import store as accounts
from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import refused_manager
from manyeyes.accounts.store import KeyMarks, KeyOwner, Owner
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class RotateKey(msgspec.Struct, frozen=True, kw_only=True):
    """``fresh_hash``: of the key that was made, with its ``marks``; ``seconds``: how long the old one goes on.

    ``by``: who of the account's people says so. ``owner``: of both keys; what they are called, what they open and from
    where is as it was.
    """

    key_hash: bytes
    fresh_hash: bytes
    owner: Owner
    marks: KeyMarks
    seconds: int
    by: int
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def rotate_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[RotateKey]) -> list[Refusal | None]:
    """Replace the keys, or say why not; a fresh one that is known came before, with a command whose reply was lost."""
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.owner.account_id for c in commands), (c.key_hash for c in commands))
    outcomes = [await _rotate(tx, now, command, places, entries) for command in commands]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _rotate(
    tx: asyncpg.Connection,
    now: datetime,
    command: RotateKey,
    places: Container[int],
    entries: list[TrailEntry | None],
) -> Refusal | None:
    account_id = command.owner.account_id
    refusal = refused_manager(await locked_people(tx, places, account_id), command.by)
    if refusal is not None:
        return refusal
    if await accounts.key_owner(tx, command.fresh_hash) is not None:
        return None
    key = await client_keys.client_key(tx, command.key_hash, account_id)
    if key is None or key.has_ended:
        return Refusal(Reason.UNKNOWN_CLIENT_KEY, "the account has no such key that may be used")
    if key.ends_at is not None:
        return Refusal(Reason.KEY_REPLACED, "the key has been replaced already, and ends by itself")
    refusal = await client_keys.refused_number(tx, account_id, more=1 if command.seconds else 0)
    if refusal is not None:
        return refusal
    owner = KeyOwner(command.owner.cell, account_id, key.allowed_addresses, key.scopes)
    marks = msgspec.structs.replace(command.marks, label=key.label)
    await accounts.insert_key(tx, command.fresh_hash, owner, marks)
    ends_at = now + timedelta(seconds=command.seconds)
    await client_keys.end_key_later(tx, command.key_hash, account_id, ends_at)
    after = {"ends_at": ends_at, "by": f"key:{shown_hash(command.fresh_hash)}"}
    before = {"ends_at": None, "by": None}
    entries.append(change_of(command.actor, Deed.KEY_REPLACE, f"key:{shown_hash(command.key_hash)}", before, after))
    return None
