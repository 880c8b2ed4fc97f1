"""Spend one-time links: each signs in once."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject


class UseLink(msgspec.Struct, frozen=True):
    secret_hash: bytes
    cell: int = DIRECTORY
    retried: bool = False


async def use_links(tx: asyncpg.Connection, now: datetime, commands: Sequence[UseLink]) -> list[Subject | None]:
    """Return whom each link signs in; None when it is unknown, spent or expired.

    One that was spent by the try whose reply was lost signs in.
    """
    spent: dict[bytes, Subject | None] = {}
    for command in sorted(commands, key=lambda c: c.secret_hash):
        if command.secret_hash not in spent:
            subject = await workers.use_link(tx, command.secret_hash)
            if subject is None and command.retried:
                subject = await workers.spent_link(tx, command.secret_hash)
            spent[command.secret_hash] = subject
    return [spent.pop(c.secret_hash, None) for c in commands]
