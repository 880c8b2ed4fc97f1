"""Remember the secrets that sign people in: links, and browsers' sessions."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers import store as workers
from manyeyes.workers.browser_sessions import end_credential
from manyeyes.workers.store import Subject


class AddCredential(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: link or session; ``through``: hash of what began a session (key, token, passkey), which ends with it.

    ``address``: from where; ``ends``: hash of the session that this one takes the place of; ``begun_by``, ``factors``:
    as `BrowserSession` has them.
    """

    secret_hash: bytes
    kind: str
    subject: Subject
    seconds: float
    through: bytes | None = None
    address: str = ""
    ends: bytes | None = None
    begun_by: str = ""
    factors: int = 1
    cell: int = DIRECTORY


async def add_credentials(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddCredential]) -> list[None]:
    """Make the secrets valid; one that is known already came before, with a command whose reply was lost."""
    for c in commands:
        if await workers.credential(tx, c.secret_hash, [c.kind]) is None:
            await workers.insert_credential(
                tx,
                c.secret_hash,
                c.kind,
                c.subject,
                c.seconds,
                through=c.through,
                address=c.address,
                begun_by=c.begun_by,
                factors=c.factors,
            )
        if c.ends:
            await end_credential(tx, c.ends)
    return [None for _ in commands]
