"""Brings a database to the newest schema: numbered files, each applied once, all in one transaction."""

from importlib import resources

import asyncpg

from manyeyes.db.failures import NewerSchema
from manyeyes.db.queries import Queries
from manyeyes.db.statement_functions import make_functions

SQL = Queries(__package__)
NEWER = (
    "the database has schema {newest}, of a newer version; this one knows {known} and could damage what it does not "
    "know. Run the newer version, or restore a copy from before the upgrade"
)


class Migration:
    """One file of db/migrations/: its number, name and SQL."""

    def __init__(self, file_name: str, text: str) -> None:
        number, self.name = file_name.removesuffix(".sql").split("_", 1)
        self.number, self.text = int(number), text


def migrations() -> list[Migration]:
    """Return all migrations in their order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(f.name, f.read_text("utf-8")) for f in files]


async def migrate(db: asyncpg.Connection) -> list[str]:
    """Apply the migrations that are missing and return their names.

    Two processes may try at once: the second waits and finds nothing to do. Raises NewerSchema, having changed nothing,
    for a database that a newer version has changed already.
    """
    try:
        return await _apply(db)
    except (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError):  # both found the database empty
        return await _apply(db)


async def _apply(db: asyncpg.Connection) -> list[str]:
    applied = []
    async with db.transaction():
        if await db.fetchval(SQL.has_migrations):
            await db.execute(SQL.lock_migrations)
            done = {row["number"] for row in await db.fetch(SQL.applied)}
        else:
            done = set()
        known = migrations()
        if newer := done - {migration.number for migration in known}:
            raise NewerSchema(NEWER.format(newest=max(newer), known=known[-1].number))
        for migration in known:
            if migration.number not in done:
                await db.execute(migration.text)
                await db.execute(SQL.record, migration.number, migration.name)
                applied.append(migration.name)
        await make_functions(db)
    return applied


async def pending(db: asyncpg.Connection) -> list[str]:
    """Return the names of migrations that this database has not seen."""
    if not await db.fetchval(SQL.has_migrations):
        return [m.name for m in migrations()]
    done = {row["number"] for row in await db.fetch(SQL.applied)}
    return [m.name for m in migrations() if m.number not in done]
