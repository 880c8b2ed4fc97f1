"""Change apps: their key, their rate, whether their calls are taken."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.apps import store as apps
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class ChangeApp(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is."""

    secret_id: str
    public_key: str | None = None
    suspended: bool | None = None
    calls_per_second: int | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def change_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeApp]) -> list[bool]:
    """Change the apps, in the order in which the changes came; return for each whether there is such an app."""
    known = await apps.lock_apps(tx, sorted({c.secret_id for c in commands}))
    entries = []
    for c in commands:
        if c.secret_id in known:
            await apps.set_app(
                tx, c.secret_id, public_key=c.public_key, suspended=c.suspended, calls_per_second=c.calls_per_second
            )
            before, known = known[c.secret_id], known | await apps.lock_apps(tx, [c.secret_id])
            entries.append(change_of(c.actor, Deed.APP_SET, f"app:{c.secret_id}", before, known[c.secret_id]))
    await trail.record(tx, now, commands[0].cell, entries)
    return [c.secret_id in known for c in commands]
