"""Give accounts more client keys."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import KeyOwner
from manyeyes.db.pool import DIRECTORY


class IssueKey(msgspec.Struct, frozen=True):
    """``key_hash`` of a key that was made for this owner."""

    key_hash: bytes
    owner: KeyOwner
    cell: int = DIRECTORY


async def issue_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[IssueKey]) -> list[None]:
    """Make the keys valid; one that is known already came before, with a command whose reply was lost."""
    for command in commands:
        if await accounts.key_owner(tx, command.key_hash) is None:
            await accounts.insert_key(tx, command.key_hash, command.owner)
    return [None for _ in commands]
