"""Renew the secrets that verify accounts' call-backs; for a day the one before signs too."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.webhooks import store as webhooks


class RotateSecret(msgspec.Struct, frozen=True):
    """``generation``: of the secret that is replaced, so that a command that comes twice replaces it once."""

    cell: int
    account_id: int
    generation: int


async def rotate_secrets(tx: asyncpg.Connection, now: datetime, commands: Sequence[RotateSecret]) -> list[int]:
    """Return the generation of each account's secret now."""
    cell = commands[0].cell
    for c in sorted(commands, key=lambda c: c.account_id):  # so that batches do not block each other
        await webhooks.rotate(tx, cell, c.account_id, c.generation)
    found = await webhooks.rotations(tx, cell, sorted({c.account_id for c in commands}))
    return [found[c.account_id][0] for c in commands]
