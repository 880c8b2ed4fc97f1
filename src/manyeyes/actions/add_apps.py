"""Open apps under accounts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class AddApp(msgspec.Struct, frozen=True):
    """``app`` has a secretId that was made for it alone."""

    app: App
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddApp]) -> list[None]:
    """Open the apps; a secretId that is known already came before, with a command whose reply was lost."""
    entries = []
    for c in commands:
        if await apps.app(tx, c.app.secret_id) is None:
            await apps.insert_app(tx, c.app)
            entries.append(change_of(c.actor, Deed.APP_ADD, f"app:{c.app.secret_id}", None, c.app))
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
