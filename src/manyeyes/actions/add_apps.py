"""Open apps under accounts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from manyeyes.db.pool import DIRECTORY


class AddApp(msgspec.Struct, frozen=True):
    """``app`` has a secretId that was made for it alone."""

    app: App
    cell: int = DIRECTORY


async def add_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddApp]) -> list[None]:
    """Open the apps; a secretId that is known already came before, with a command whose reply was lost."""
    for command in commands:
        if await apps.app(tx, command.app.secret_id) is None:
            await apps.insert_app(tx, command.app)
    return [None for _ in commands]
