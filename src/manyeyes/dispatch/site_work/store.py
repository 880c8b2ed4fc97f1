"""Named queries of the open tasks of sites, which end when a site's proof does → frozen values."""

from collections.abc import Collection

import asyncpg

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read
from manyeyes.dispatch.store import Work

SQL = Queries(__package__)


async def site_holders(tx: asyncpg.Connection, cell: int, sites: Collection[tuple[int, str]]) -> list[int]:
    """Return who has tasks of these sites, given as (account, domain), on their desk."""
    return [row["worker_id"] for row in await tx.fetch(SQL.site_holders, cell, *zip(*sorted(sites), strict=True))]


async def lock_site_waiting(
    tx: asyncpg.Connection, cell: int, sites: Collection[tuple[int, str]], limit: int
) -> list[Work]:
    """Return up to ``limit`` waiting tasks of these sites, (account, domain), locked; rows that are locked are left."""
    return read(Work, await tx.fetch(SQL.lock_site_waiting, cell, *zip(*sorted(sites), strict=True), limit))


async def busy_sites(tx: asyncpg.Connection, cell: int, sites: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of the sites that still have tasks, waiting or leased."""
    rows = await tx.fetch(SQL.busy_sites, cell, *zip(*sorted(sites), strict=True))
    return {(row["account_id"], row["site"]) for row in rows}
