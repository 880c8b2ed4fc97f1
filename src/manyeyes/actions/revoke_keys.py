"""End client keys, and the sessions that they began."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, firsts
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.workers import store as workers
from manyeyes.workers.browser_sessions import end_links_of, end_sessions_of
from manyeyes.workers.store import Subject


class RevokeKey(msgspec.Struct, frozen=True):
    key_hash: bytes
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def revoke_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[RevokeKey]) -> list[int | None]:
    """Return the account of each key that ended; None when no such key was valid.

    With an account's last key all its sessions end, and its links that were not used (docs/decisions/0041#sessions).
    """
    ended = {}
    for key_hash in sorted({c.key_hash for c in commands}):
        account_id = ended[key_hash] = await accounts.revoke_key(tx, key_hash)
        await workers.end_sessions_through(tx, key_hash)
        if account_id is not None and not await accounts.has_key(tx, account_id):
            account = Subject("customer", account_id, 0)
            await end_sessions_of(tx, account)
            await end_links_of(tx, account)
    revoked = {key_hash for key_hash, account_id in ended.items() if account_id is not None}
    entries = [
        change_of(c.actor, Deed.KEY_REVOKE, f"key:{shown_hash(c.key_hash)}", {"account_id": ended[c.key_hash]}, None)
        for c in firsts(commands, lambda c: c.key_hash)
        if c.key_hash in revoked
    ]
    await trail.record(tx, now, commands[0].cell, entries)
    return [ended.pop(c.key_hash, None) for c in commands]
