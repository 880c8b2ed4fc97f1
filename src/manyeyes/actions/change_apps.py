"""Change apps: their key, their rate, whether their calls are taken."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.apps import store as apps
from manyeyes.db.pool import DIRECTORY


class ChangeApp(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is."""

    secret_id: str
    public_key: str | None = None
    suspended: bool | None = None
    calls_per_second: int | None = None
    cell: int = DIRECTORY


async def change_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeApp]) -> list[bool]:
    """Change the apps, in the order in which the changes came; return for each whether there is such an app."""
    known: dict[str, bool] = {}
    for c in sorted(commands, key=lambda c: c.secret_id):  # in one order, so that batches do not block each other
        known[c.secret_id] = await apps.set_app(
            tx,
            c.secret_id,
            public_key=c.public_key,
            suspended=c.suspended,
            calls_per_second=c.calls_per_second,
        )
    return [known[c.secret_id] for c in commands]
