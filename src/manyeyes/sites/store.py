"""Named queries of sites and their audit trail → frozen values."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, read_one, values
from manyeyes.sites.rules import Site, SiteEvent

SQL = Queries(__package__)
ANY_UNSWEPT = SQL.any_unswept  # whether tasks of a site are to be ended in a cell ($1)
Key = tuple[int, str]  # (account, domain)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the trail. ``cause_id``: the task, or the event's own serial; ``n``: the lease of a task, else 0."""

    cause_id: int
    kind: SiteEvent
    account_id: int
    domain: str
    n: int = 0
    worker_id: int = 0
    detail: str = ""


class RecordedEvent(msgspec.Struct, frozen=True):
    """An entry of the trail and its instant."""

    event: Event
    at: datetime


async def every_site(db: asyncpg.Connection, cell: int, account_id: int | None = None) -> list[Site]:
    """Return all sites of a cell, or an account's."""
    return read(Site, await db.fetch(SQL.sites, cell, account_id))


async def site_of(db: asyncpg.Connection, cell: int, account_id: int, domain: str) -> Site | None:
    """Return an account's site; None when it has none of this domain."""
    return read_one(Site, await db.fetchrow(SQL.site_of, cell, account_id, domain))


async def hold(tx: asyncpg.Connection, cell: int, keys: Collection[Key]) -> dict[Key, Site]:
    """Return those of the sites that exist; none of them changes before the transaction ends."""
    return {(s.account_id, s.domain): s for s in read(Site, await tx.fetch(SQL.hold_sites, cell, *_key_columns(keys)))}


async def lock(tx: asyncpg.Connection, cell: int, keys: Collection[Key]) -> dict[Key, Site]:
    """Return those of the sites that exist, locked."""
    return {(s.account_id, s.domain): s for s in read(Site, await tx.fetch(SQL.lock_sites, cell, *_key_columns(keys)))}


async def take_due(tx: asyncpg.Connection, now: datetime, cell: int, until: datetime, limit: int) -> list[Site]:
    """Return sites whose check is due; nobody else gets them before ``until``."""
    return read(Site, await tx.fetch(SQL.take_due, cell, now, until, limit))


async def put(tx: asyncpg.Connection, cell: int, site: Site) -> None:
    """Store a site, which is new or locked."""
    given = values(
        site,
        *("account_id", "domain", "token", "state", "proven_by", "created_at", "verified_at", "checked_at", "check_at"),
        *("failures", "why", "swept"),
    )
    await tx.execute(SQL.put_site, cell, *given)


async def unswept(tx: asyncpg.Connection, cell: int, limit: int) -> list[Key]:
    """Return sites whose open tasks are still to be ended; at most ``limit``."""
    return [(row["account_id"], row["domain"]) for row in await tx.fetch(SQL.unswept, cell, limit)]


async def mark_swept(tx: asyncpg.Connection, cell: int, keys: Collection[Key]) -> None:
    """Note that nothing is left to end of these sites, which are locked."""
    if keys:
        await tx.execute(SQL.mark_swept, cell, *_key_columns(keys))


async def add_events(tx: asyncpg.Connection, now: datetime, cell: int, events: Sequence[Event]) -> None:
    """Add to the audit trail; an entry that is there already stays as it is."""
    if events:
        found = columns(events, "cause_id", "kind", "n", "account_id", "domain", "worker_id", "detail")
        await tx.execute(SQL.insert_events, cell, now, *found)


async def events(
    db: asyncpg.Connection, cell: int, domain: str, account_id: int | None = None, limit: int = 100
) -> list[RecordedEvent]:
    """Return the trail of a domain, the newest first."""
    rows = await db.fetch(SQL.events, cell, domain, account_id, limit)
    return [RecordedEvent(event, row["at"]) for event, row in zip(read(Event, rows), rows, strict=True)]


def _key_columns(keys: Collection[Key]) -> tuple[list[int], list[str]]:
    ordered = sorted(keys)
    return [account_id for account_id, _ in ordered], [domain for _, domain in ordered]
