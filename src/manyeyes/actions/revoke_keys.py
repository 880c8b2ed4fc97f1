"""End client keys, and the sessions that they began."""

from collections.abc import Container, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import refused_manager
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import EVERY_PERSON
from manyeyes.workers.sign_outs.store import end_links_of, end_sessions_of, end_sessions_through, lock_credentials_of
from manyeyes.workers.store import Subject


class RevokeKey(msgspec.Struct, frozen=True):
    """``of``: end it only when it is this account's, whose person ``by`` says so; None: the operator does."""

    key_hash: bytes
    cell: int = DIRECTORY
    of: int | None = None
    by: int | None = None
    actor: Actor = BY_ITSELF


async def revoke_keys(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RevokeKey]
) -> list[int | Refusal | None]:
    """Return the account of each key that ended; None when no such key was valid, or why this person may not end it.

    When the operator ends an account's last key all its sessions end, and its links that were not used
    (docs/decisions/0041#sessions). An owner who ends it stays signed in (docs/decisions/0077).
    """
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.of for c in commands if c.of is not None), (c.key_hash for c in commands))
    await lock_credentials_of(tx, (Subject("customer", account_id, 0) for account_id in places))
    outcomes = [await _revoke(tx, command, places, entries) for command in commands]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _revoke(
    tx: asyncpg.Connection, c: RevokeKey, places: Container[int], entries: list[TrailEntry | None]
) -> int | Refusal | None:
    if c.of is not None:
        refusal = refused_manager(await locked_people(tx, places, c.of), c.by)
        if refusal is not None:
            return refusal
    account_id = await accounts.revoke_key(tx, c.key_hash, c.of)
    if account_id is None and c.of is not None:
        return None  # of sessions that another account's key began it says nothing
    await end_sessions_through(tx, c.key_hash)
    if account_id is not None:
        before = {"account_id": account_id}
        entries.append(change_of(c.actor, Deed.KEY_REVOKE, f"key:{shown_hash(c.key_hash)}", before, None))
        if c.of is None and not await accounts.has_key(tx, account_id):
            account = Subject("customer", account_id, 0, EVERY_PERSON)
            await end_sessions_of(tx, account)
            await end_links_of(tx, account)
    return account_id
