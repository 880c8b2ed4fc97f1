"""Sign browsers out."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers


class EndSession(msgspec.Struct, frozen=True):
    secret_hash: bytes
    cell: int = DIRECTORY


async def end_sessions(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndSession]) -> list[None]:
    """End the sessions; one that is not there is over already."""
    for secret_hash in sorted({c.secret_hash for c in commands}):
        await workers.end_credential(tx, secret_hash)
    return [None for _ in commands]
