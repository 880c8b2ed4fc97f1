"""Whether one serving process can do its work, for load balancers: each check with its why (docs/decisions/0092)."""

import asyncio
import time

import asyncpg

from manyeyes.db.migrate import SQL
from manyeyes.db.pool import LOST_CONNECTION
from manyeyes.db.primary import NoPrimary
from manyeyes.db.queries import one_row
from manyeyes.roles.house import conditions
from manyeyes.roles.house.conditions import Condition
from manyeyes.runtime.context import Context

ANSWER_SECONDS = 3.0  # of a database; who is slower is away
OLDEST_WRITE_SECONDS = 15.0  # a process writes every two seconds: that it lives
FRESH_SECONDS = 1.0  # however often it is asked, the databases are looked at no more often


class Readiness:
    """Of one process. A look is one statement in each database; none is made while nobody asks."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: list[Condition] = []
        self._at = float("-inf")
        self._looking = asyncio.Lock()

    async def look(self) -> list[Condition]:
        """Return the checks, at most `FRESH_SECONDS` old."""
        async with self._looking:
            if time.monotonic() - self._at > FRESH_SECONDS:
                looks = [self._database(pool) for pool in self._context.cells.databases]
                by_name: dict[str, list[Condition]] = {}
                for found in await asyncio.gather(*looks):
                    for each in found:
                        by_name.setdefault(each.name, []).append(each)
                worst = [min(each, key=lambda one: one.is_well) for each in by_name.values()]
                self._found = [*worst, self._writes(), conditions.disk(self._context.disk_room)]
                self._at = time.monotonic()
            return self._found

    async def _database(self, pool: asyncpg.Pool) -> list[Condition]:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), pool.acquire() as db:
                row = await one_row(db, SQL.readiness)
        except asyncpg.UndefinedTableError:
            return [Condition("database", True, "it answers"), conditions.schema([])]
        except NoPrimary as error:
            return [Condition("database", False, str(error))]
        except (asyncpg.PostgresError, *LOST_CONNECTION) as error:
            return [Condition("database", False, f"it does not answer ({type(error).__name__})")]
        return [_taking(row), conditions.schema(row["migrations"]), self._standby(row)]

    def _standby(self, row: asyncpg.Record) -> Condition:
        return conditions.standby(row, self._context.settings.standbys)

    def _writes(self) -> Condition:
        """Return how long ago this process committed something, in the cell where that is longest."""
        at = [self._context.written_at.get(cell) for cell in self._context.cells.numbers]
        known = [each for each in at if each is not None]
        if len(known) < len(at):
            return Condition("writes", False, "this process has not written anything yet")
        seconds = time.monotonic() - min(known)
        return Condition("writes", seconds < OLDEST_WRITE_SECONDS, f"the last was committed {seconds:.0f} s ago")


def _taking(row: asyncpg.Record) -> Condition:
    if row["is_standby"]:
        return Condition("database", False, "it is a standby, which takes no writes")
    if row["is_read_only"]:
        return Condition("database", False, "it is read-only (default_transaction_read_only)")
    return Condition("database", True, "it answers, and takes writes")
