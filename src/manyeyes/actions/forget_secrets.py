"""Give up the installation's keys: what they signed counts no more, and the next start makes new ones."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.migrate import SQL
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class ForgetSecrets(msgspec.Struct, frozen=True):
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def forget_secrets(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetSecrets]) -> list[None]:
    """Forget all keys (docs/decisions/0041-sealed-at-rest.md); those that servers have in hand go with their end."""
    names = sorted(row["name"] for row in await tx.fetch(SQL.forget_secrets))
    before, after = {"kept": names}, {"kept": list[str]()}
    told = change_of(commands[0].actor, Deed.SECRETS_FORGET, "installation", before, after)
    await trail.record(tx, now, commands[0].cell, [told])
    return [None for _ in commands]
