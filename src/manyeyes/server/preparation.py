"""What is done once before anybody is served: the schema, the installation's keys, the operator's first link.

The first serving process does it, since the supervisor loads nothing that it needs for that alone.
"""

import sys

import asyncpg

from manyeyes.db.migrate import migrations
from manyeyes.roles.login_links import login_url
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import open_context, prepare_database_at
from manyeyes.runtime.key_file import is_open_to_others, key_place
from manyeyes.settings import Settings
from manyeyes.values.actor import BY_ITSELF
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject

UNPREPARED = (Unavailable, OSError, ValueError, asyncpg.PostgresError)  # what `prepare` raises where it cannot


async def prepare(settings: Settings, dsn: str) -> None:
    """Bring the database to this version, seal the keys, and say what the operator should know. Raises `UNPREPARED`."""
    versions = {migration.name: migration.number for migration in migrations()}
    for name in await prepare_database_at(dsn, settings):
        _say(f"database schema: version {versions[name]} ({name}) applied")
    context = await open_context(settings, dsn, pool_size=2, serving=True)
    if is_open_to_others(settings):
        _say(f"others may read {key_place(settings)} too: chmod 600 it")
    try:
        async with context.cells.directory.acquire() as db:
            is_first = not await workers.has_operator(db)
        if is_first:
            url = await login_url(context, Subject("operator", 0, 0), BY_ITSELF)
            _say(f"first start: sign in as the operator within an hour at {url}")
    finally:
        await context.close()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
