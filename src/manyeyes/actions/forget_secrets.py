"""Give up the installation's keys: what they signed counts no more, and the next start makes new ones."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.migrate import SQL
from manyeyes.db.pool import DIRECTORY


class ForgetSecrets(msgspec.Struct, frozen=True):
    cell: int = DIRECTORY


async def forget_secrets(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetSecrets]) -> list[None]:
    """Forget all keys (docs/decisions/0041-sealed-at-rest.md); those that servers have in hand go with their end."""
    await tx.execute(SQL.forget_secrets)
    return [None for _ in commands]
