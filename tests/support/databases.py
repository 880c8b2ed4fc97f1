"""The tests' databases: made on the one server, and found empty by every test at the price of a few round trips."""

from collections.abc import Awaitable, Callable

import asyncpg

from manyeyes.db.picture_days import keep_days
from manyeyes.runtime.context import prepare_database, today

MakeDatabase = Callable[[str], Awaitable[str]]  # from a name to the DSN of a new database
KEPT = {
    "migration",
    "queue",
    "cell",
    "gate",
    "counter",
    "secret",
}  # a secret: making the signing key takes a while; nothing seals it while no test serves
FEW_BYTES = 1_000_000  # deleting few rows is quicker than TRUNCATE
FILLED = """
SELECT relname, pg_relation_size(oid) AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY relname
"""
AS_MIGRATED = """
UPDATE gate SET virtual_turn = 0;
UPDATE counter SET next_value = 1;
UPDATE cell SET next_serial = 1, cells = 1, nth = 0;
DELETE FROM queue WHERE queue_id NOT IN (1, 2);
UPDATE queue SET price_micros = 700, pay_micros = 500, capacity = 100000, lease_seconds = 60, marks = 0,
                 audit_share = 0.05, vote_micros = 100, accepts_complaints = queue_id <> 2, life_seconds = NULL,
                 default_terms = NULL, floor = NULL, gold_share = NULL, method = 'majority', learned_at = NULL,
                 peers_right = NULL, guide = '',
                 name = CASE queue_id WHEN 1 THEN 'English ImageToText' ELSE 'Russian ImageToText' END;
"""


async def make_database(server: str, name: str, template: str = "template1") -> str:
    """Make a database on a server, as a copy of another one that nobody is connected to; return its DSN."""
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name}")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    finally:
        await admin.close()
    return server.replace("/manyeyes?", f"/{name}?")


class EmptiedDatabase:
    """Keeps one connection, whose server process has cached the schema; a new one would read it for each test."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._db: asyncpg.Connection | None = None

    async def prepare(self, cells: list[int]) -> None:
        """Make the first rows of cells other than the template's."""
        await prepare_database(await self._connection(), cells)

    async def emptied(self) -> str:
        """Forget everything but the schema and its first rows; return the DSN."""
        db = await self._connection()
        await keep_days(db, today())  # a test may have dropped days, and midnight may have come
        filled = {row["relname"]: row["bytes"] for row in await db.fetch(FILLED)}
        removals = [
            f"DELETE FROM {name};" if size < FEW_BYTES else f"TRUNCATE {name};"
            for name, size in filled.items()
            if name not in KEPT
        ]
        await db.execute("\n".join([*removals, AS_MIGRATED]))
        return self._dsn

    async def close(self) -> None:
        """Close the connection."""
        if self._db:
            await self._db.close()

    async def _connection(self) -> asyncpg.Connection:
        if self._db is None or self._db.is_closed():
            self._db = await asyncpg.connect(self._dsn)
        return self._db
