"""Named queries of requests for sign-in links → frozen values."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.workers.link_requests.rules import KEPT, LinkRequest

SQL = Queries(__package__)


class CalledWorker(msgspec.Struct, frozen=True):
    """A worker by what somebody calls themselves."""

    asked: str
    worker_id: int
    name: str


async def link_requests(db: asyncpg.Connection) -> list[LinkRequest]:
    """Return all requests, old ones too as long as they are kept, the oldest first."""
    return read(LinkRequest, await db.fetch(SQL.link_requests))


async def lock_link_requests(tx: asyncpg.Connection, request_ids: Iterable[int]) -> dict[int, LinkRequest]:
    """Return those of the requests that are there, by number, locked in their order."""
    found = read(LinkRequest, await tx.fetch(SQL.lock_link_requests, sorted(request_ids)))
    return {each.request_id: each for each in found}


async def lock_asking(tx: asyncpg.Connection) -> None:
    """Let nobody else ask until the transaction ends."""
    await tx.fetch(SQL.lock_asking)


async def insert(tx: asyncpg.Connection, new: Sequence[LinkRequest]) -> None:
    """Keep requests whose numbers are new."""
    if new:
        await tx.execute(SQL.insert_link_requests, *columns(new, "request_id", "name", "reach", "address", "asked_at"))


async def delete(tx: asyncpg.Connection, request_ids: Iterable[int]) -> None:
    """Forget requests."""
    if gone := sorted(request_ids):
        await tx.execute(SQL.delete_link_requests, gone)


async def forget_old(tx: asyncpg.Connection, now: datetime) -> None:
    """Forget requests that are over."""
    await tx.execute(SQL.forget_old_requests, now - KEPT)


async def workers_called(db: asyncpg.Connection, names: Sequence[str], limit: int) -> list[CalledWorker]:
    """Return the workers who may work and have one of these names or numbers; of each name up to ``limit``."""
    return read(CalledWorker, await db.fetch(SQL.workers_called, names, limit))
