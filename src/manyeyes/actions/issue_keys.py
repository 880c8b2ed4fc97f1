"""Give accounts more client keys."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import KeyOwner
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed


class IssueKey(msgspec.Struct, frozen=True):
    """``key_hash`` of a key that was made for this owner."""

    key_hash: bytes
    owner: KeyOwner
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def issue_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[IssueKey]) -> list[None]:
    """Make the keys valid; one that is known already came before, with a command whose reply was lost."""
    entries = []
    for c in commands:
        if await accounts.key_owner(tx, c.key_hash) is None:
            await accounts.insert_key(tx, c.key_hash, c.owner)
            entries.append(change_of(c.actor, Deed.KEY_ISSUE, f"key:{shown_hash(c.key_hash)}", None, c.owner))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
