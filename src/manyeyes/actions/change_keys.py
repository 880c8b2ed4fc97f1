"""Change what client keys are called, what they open, and from where they may be used."""

from collections.abc import Container, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import client_keys
from manyeyes.accounts.client_keys import ClientKey
from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import refused_manager
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class ChangeKey(msgspec.Struct, frozen=True, kw_only=True):
    """``by``: who of the account's people changes it. None of the others leaves a part as it is."""

    key_hash: bytes
    account_id: int
    by: int
    label: str | None = None
    scopes: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def change_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeKey]) -> list[Refusal | None]:
    """Change the keys, or say why not: who asks is no owner (any more), or no such key may be used."""
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.account_id for c in commands), (c.key_hash for c in commands))
    outcomes = [await _change(tx, command, places, entries) for command in commands]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _change(
    tx: asyncpg.Connection, command: ChangeKey, places: Container[int], entries: list[TrailEntry | None]
) -> Refusal | None:
    refusal = refused_manager(await locked_people(tx, places, command.account_id), command.by)
    if refusal is not None:
        return refusal
    key = await client_keys.client_key(tx, command.key_hash, command.account_id)
    if key is None or key.has_ended:
        return Refusal(Reason.UNKNOWN_CLIENT_KEY, "the account has no such key that may be used")
    given = {"label": command.label, "scopes": command.scopes, "allowed_addresses": command.networks}
    changed = msgspec.structs.replace(key, **{name: value for name, value in given.items() if value is not None})
    await client_keys.change_key(tx, command.account_id, changed)
    subject = f"key:{shown_hash(command.key_hash)}"
    entries.append(change_of(command.actor, Deed.KEY_SET, subject, _told(key), _told(changed)))
    return None


def _told(key: ClientKey) -> dict[str, object]:
    return {"label": key.label, "scopes": key.scopes, "addresses": key.allowed_addresses}
