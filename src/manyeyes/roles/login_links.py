"""One-time addresses that sign somebody in at the screens."""

import asyncpg

from manyeyes.accounts.rules import digest, new_token
from manyeyes.runtime.context import Context
from manyeyes.runtime.server_address import server_url
from manyeyes.settings import Settings
from manyeyes.workers import store as workers
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject


async def login_url(context: Context, subject: Subject) -> str:
    """Return a fresh one-time address that signs the subject in within an hour."""
    async with context.cells.directory.acquire() as db:
        return await make_login_url(db, context.settings, subject)


async def make_login_url(db: asyncpg.Connection, settings: Settings, subject: Subject) -> str:
    """Do what `login_url` does inside of a transaction of the caller's."""
    token = new_token()
    await workers.insert_credential(db, digest(token), "link", subject, LINK_SECONDS)
    return f"{server_url(settings)}/login/{token}"
