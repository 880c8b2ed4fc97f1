"""What every edge is handed: settings, cells, the batcher, and what lives for as long as a process does."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.allow_list.rules import FilterTerms
from manyeyes.db.migrate import SQL, migrate
from manyeyes.db.picture_days import keep_days
from manyeyes.db.pool import FIRST_CELL, Cells, open_pool
from manyeyes.dispatch import store as dispatch
from manyeyes.outbound.door import Door
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.runtime.batching import Batcher
from manyeyes.runtime.dispatcher import Dispatcher
from manyeyes.runtime.id_blocks import IdBlocks
from manyeyes.runtime.lookup_cache import LookupCache
from manyeyes.runtime.notifier import Notifier
from manyeyes.runtime.presence import Presence
from manyeyes.settings import Settings
from manyeyes.tasks import store as tasks
from manyeyes.values.response_signing import ResponseSigner, new_private_key
from manyeyes.values.signed_links import PictureLinks, WidgetLinks


class Keys(NamedTuple):
    """What this installation signs with: picture addresses, call-backs, and answers of TUPU's contract."""

    pictures: bytes
    webhooks: bytes
    signing: bytes  # DER, PKCS#8


class Context:
    """Built by `open_context`; one per process."""

    def __init__(self, settings: Settings, cells: Cells, dsn: str, node_id: int, keys: Keys) -> None:
        self.settings = settings
        self.cells = cells
        self.node_id = node_id
        self.batcher = Batcher(cells)
        self.lookups = LookupCache(cells)
        self.notifier = Notifier(cells, dsn, self.lookups.forget)
        self.filter_terms = FilterTerms(settings.filter_others, settings.filter_window_seconds)
        self.dispatcher = Dispatcher(self.batcher, self.notifier, self.filter_terms)
        self.id_blocks = IdBlocks(cells)
        self.presence = Presence()
        self.door = Door(settings.private_networks())
        self.recognisers = RecogniserPool(
            settings.recogniser_seconds, settings.recogniser_megabytes, settings.recogniser_processes
        )
        self.signer = ResponseSigner(keys.signing)
        self.webhook_key = keys.webhooks
        self.pictures = PictureLinks(keys.pictures, settings.picture_hours)
        self.widgets = WidgetLinks(keys.pictures, settings.widget_url)

    async def close(self) -> None:
        """End the children, runs and listeners, then close the connections to the databases."""
        await self.recognisers.close()
        await self.dispatcher.stop()
        await self.notifier.stop()
        await self.cells.close()


async def open_context(settings: Settings, dsn: str, *, cells: Cells | None = None, pool_size: int = 8) -> Context:
    """Connect to a prepared database and return the context. ``cells`` may route cells to several databases."""
    if cells is None:
        pool = await open_pool(dsn, size=pool_size, statement_cache_size=settings.statement_cache_size)
        cells = Cells(pool)
    async with cells.directory.acquire() as db:
        node_id = await accounts.take_numbers(db, "node", 1)
        pictures, webhooks = [await _secret(db, name, _random) for name in ("pictures", "webhooks")]
        bits = settings.signing_key_bits
        signing = await _secret(db, f"signing-{bits}", lambda: new_private_key(bits))
    return Context(settings, cells, dsn, node_id, Keys(pictures, webhooks, signing))


async def prepare_database(db: asyncpg.Connection, cells: list[int] | None = None) -> list[str]:
    """Bring a database to the newest schema with its cells' first rows; return the migrations applied."""
    applied = await migrate(db)
    queue_ids = list(await tasks.queues(db))
    for cell in cells or [FIRST_CELL]:
        await db.execute(SQL.open_cell, cell)
        await dispatch.open_gates(db, cell, queue_ids)
    await keep_days(db, today())  # old days are dropped by `periodic.keep_picture_days`, which knows the setting
    return applied


async def prepare_database_at(dsn: str) -> list[str]:
    """Do what `prepare_database` does, over a connection of its own."""
    db = await asyncpg.connect(dsn)
    try:
        return await prepare_database(db)
    finally:
        await db.close()


def today() -> date:
    """Return the day in UTC, for making partitions ahead.

    There are two days of margin: by the database's clock is decided what goes where.
    """
    return datetime.now(UTC).date()


async def _secret(db: asyncpg.Connection, name: str, make: Callable[[], bytes]) -> bytes:
    """Return a key of this installation; the first process that asks makes it."""
    known = await db.fetchval(SQL.secret, name)
    if known is None:
        await db.execute(SQL.keep_secret, name, make())
        known = await db.fetchval(SQL.secret, name)
    return bytes(known)


def _random() -> bytes:
    return secrets.token_bytes(32)
