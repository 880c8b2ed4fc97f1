"""Named queries of apps → frozen values."""

from collections.abc import Sequence

import asyncpg

from manyeyes.apps.rules import App
from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values

SQL = Queries(__package__)


async def app(db: asyncpg.Connection, secret_id: str) -> App | None:
    """Return an app by its secretId; None when there is none."""
    return read_one(App, await db.fetchrow(SQL.app, secret_id))


async def lock_apps(tx: asyncpg.Connection, secret_ids: Sequence[str]) -> dict[str, App]:
    """Return those of the apps that exist, by secretId, locked until they are changed."""
    return {app.secret_id: app for app in read(App, await tx.fetch(SQL.lock_apps, secret_ids))}


async def apps_of(db: asyncpg.Connection, account_id: int | None = None) -> list[App]:
    """Return the apps of one account, the oldest first; of all accounts when none is named."""
    return read(App, await db.fetch(SQL.apps_of, account_id))


async def insert_app(db: asyncpg.Connection, app: App) -> None:
    """Store a new app. Raises asyncpg.UniqueViolationError when its secretId is taken."""
    given = values(
        app,
        *("secret_id", "name", "cell", "account_id", "medium", "time_zone", "public_key", "calls_per_second"),
        "suspended",
    )
    await db.execute(SQL.insert_app, *given)


async def set_app(
    db: asyncpg.Connection,
    secret_id: str,
    *,
    public_key: str | None = None,
    suspended: bool | None = None,
    calls_per_second: int | None = None,
) -> bool:
    """Change what is given; return whether there is such an app."""
    return await db.fetchval(SQL.set_app, secret_id, public_key, suspended, calls_per_second) is not None
