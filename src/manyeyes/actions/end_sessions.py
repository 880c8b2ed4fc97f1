"""Sign browsers out."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.workers.browser_sessions import end_credential
from manyeyes.workers.store import Subject


class EndSession(msgspec.Struct, frozen=True):
    """``of``: end it only when it is this person's; None: whoever has its secret may end it.

    ``is_person``: of an account this person's alone, else that of any of its people.
    """

    secret_hash: bytes
    cell: int = DIRECTORY
    of: Subject | None = None
    is_person: bool = False


async def end_sessions(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndSession]) -> list[None]:
    """End the sessions; one that is not there is over already."""
    for command in sorted(commands, key=lambda c: c.secret_hash):
        await end_credential(tx, command.secret_hash, command.of, is_person=command.is_person)
    return [None for _ in commands]
