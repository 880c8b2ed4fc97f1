"""What every edge is handed: settings, cells, the gather, and what lives for as long as a process does."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.bell import Bell
from manyeyes.db.blobs import keep_days
from manyeyes.db.migrate import SQL, migrate
from manyeyes.db.pool import FIRST_CELL, Cells, open_pool
from manyeyes.directory import Directory
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatcher import Dispatcher
from manyeyes.gather import Gather
from manyeyes.outbound.door import Door
from manyeyes.picture_links import PictureLinks
from manyeyes.presence import Presence
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.seal import Seal, new_private_key
from manyeyes.serials import Serials
from manyeyes.settings import Settings
from manyeyes.tasks import store as tasks
from manyeyes.widget_links import WidgetLinks


class Keys(NamedTuple):
    """What this installation signs with: picture addresses, call-backs, and answers of TUPU's contract."""

    pictures: bytes
    webhooks: bytes
    signing: bytes  # DER, PKCS#8


class House:
    """Built by `open_house`; one per process."""

    def __init__(self, settings: Settings, cells: Cells, dsn: str, node_id: int, keys: Keys) -> None:
        self.settings = settings
        self.cells = cells
        self.node_id = node_id
        self.gather = Gather(cells)
        self.directory = Directory(cells)
        self.bell = Bell(cells, dsn, self.directory.forget)
        self.dispatcher = Dispatcher(self.gather, self.bell)
        self.serials = Serials(cells)
        self.presence = Presence()
        self.door = Door(settings.private_networks())
        self.recognisers = RecogniserPool(
            settings.recogniser_seconds, settings.recogniser_megabytes, settings.recogniser_processes
        )
        self.seal = Seal(keys.signing)
        self.webhook_key = keys.webhooks
        self.pictures = PictureLinks(keys.pictures, settings.picture_hours)
        self.widgets = WidgetLinks(keys.pictures, settings.widget_url)

    async def close(self) -> None:
        await self.recognisers.close()
        await self.dispatcher.stop()
        await self.bell.stop()
        await self.cells.close()


async def open_house(settings: Settings, dsn: str, *, cells: Cells | None = None, pool_size: int = 8) -> House:
    """Connect to a prepared database and return the house. ``cells`` may route cells to several databases."""
    if cells is None:
        pool = await open_pool(dsn, size=pool_size, statement_cache_size=settings.statement_cache_size)
        cells = Cells(pool)
    async with cells.directory.acquire() as db:
        node_id = await accounts.take_numbers(db, "node", 1)
        pictures, webhooks = [await _secret(db, name, _random) for name in ("pictures", "webhooks")]
        bits = settings.signing_key_bits
        signing = await _secret(db, f"signing-{bits}", lambda: new_private_key(bits))
    return House(settings, cells, dsn, node_id, Keys(pictures, webhooks, signing))


async def prepare_database(db: asyncpg.Connection, cells: list[int] | None = None) -> list[str]:
    """Bring a database to the newest schema with its cells' first rows; return the migrations applied."""
    applied = await migrate(db)
    queue_ids = list(await tasks.queues(db))
    for cell in cells or [FIRST_CELL]:
        await db.execute(SQL.open_cell, cell)
        await dispatch.open_gates(db, cell, queue_ids)
    await keep_days(db, today())  # how long pictures are kept is the server's setting, and its chore
    return applied


def today() -> date:
    """Return the day in UTC for making partitions ahead (two days of margin; the database decides what goes where)."""
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
