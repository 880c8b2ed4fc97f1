"""A first owner who is removed by somebody else while a command about them is under way."""

import asyncio
from collections.abc import Callable

import asyncpg

WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
REMOVED = """INSERT INTO colleague (account_id, person_id, name, role, made_by, created_at, removed_at)
VALUES ($1, 0, 'Acme', 'owner', '', now(), now())"""


async def remove_first_owner(dsn: str, account_id: int, began: Callable[[], object]) -> None:
    """Hold an account's row, call ``began``, and remove its first owner as soon as somebody waits for the row."""
    db = await asyncpg.connect(dsn)
    try:
        async with db.transaction():
            await db.execute("SELECT FROM account_place WHERE account_id = $1 FOR UPDATE", account_id)
            began()
            await somebody_waits(db)
            await db.execute(REMOVED, account_id)
    finally:
        await db.close()


async def somebody_waits(db: asyncpg.Connection) -> None:
    """Return as soon as a statement waits for a row that this connection holds."""
    async with asyncio.timeout(20):
        while not await db.fetchval(WAITING):  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.02)
