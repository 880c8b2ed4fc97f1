"""Renew the secrets that verify accounts' call-backs; for a day the one before signs too."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.trail import store as trail
from manyeyes.trail.rules import REDACTED, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.webhooks import store as webhooks


class RotateSecret(msgspec.Struct, frozen=True):
    """``generation``: of the secret that is replaced, so that a command that comes twice replaces it once."""

    cell: int
    account_id: int
    generation: int
    actor: Actor = BY_ITSELF


async def rotate_secrets(tx: asyncpg.Connection, now: datetime, commands: Sequence[RotateSecret]) -> list[int]:
    """Return the generation of each account's secret now."""
    cell = commands[0].cell
    done: dict[int, bool] = {}
    for place in sorted(range(len(commands)), key=lambda n: commands[n].account_id):  # so that batches do not block
        done[place] = await webhooks.rotate(tx, cell, commands[place].account_id, commands[place].generation)
    deed, sides = Deed.WEBHOOK_SECRET_ROTATE, ({"secret": None}, {"secret": REDACTED})
    told = [change_of(c.actor, deed, f"account:{c.account_id}", *sides) for n, c in enumerate(commands) if done[n]]
    found = await webhooks.rotations(tx, cell, sorted({c.account_id for c in commands}))
    await trail.record(tx, now, cell, told)
    return [found[c.account_id][0] for c in commands]
