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
    found = await webhooks.rotations(tx, cell, sorted({c.account_id for c in commands}))
    generations = {account_id: generation for account_id, (generation, _) in found.items()}
    for command in sorted(commands, key=lambda c: c.account_id):  # so that batches do not block each other
        if command.generation == generations[command.account_id]:
            generations[command.account_id] = await webhooks.rotate(tx, cell, command.account_id)
    return [generations[c.account_id] for c in commands]
