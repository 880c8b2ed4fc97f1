"""Connections: one pool per database, and which database holds a cell."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import cast

import asyncpg

from manyeyes.db.clock import DatabaseClock
from manyeyes.db.primary import PrimaryPool
from manyeyes.db.statement_functions import ARRAYS_IN_ROWS, Functions, find_functions
from manyeyes.db.statement_names import tell_statements
from manyeyes.db.transaction import Draft, Drafting, Transaction, Undrafted

LOST_CONNECTION = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process was starved for seconds
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,  # a time limit: the server is busy; one command alone would be no quicker
    asyncpg.LockNotAvailableError,
    asyncpg.DiskFullError,  # there may be room again
    asyncpg.InternalClientError,  # the server died while the connection was in the middle of something
    asyncpg.ReadOnlySQLTransactionError,  # the server is a standby by now, or was shut for writing: another one is not
)


def is_lost(error: BaseException) -> bool:
    """Tell whether the connection or a time limit is at fault, so that the same statement may succeed later.

    An argument that cannot be encoded raises asyncpg.DataError, an InterfaceError too, but trying again is no help.
    """
    return isinstance(error, LOST_CONNECTION) and not isinstance(error, ValueError)


SESSION = {"application_name": "manyeyes", "timezone": "UTC"}  # PgBouncer carries these to whoever serves us
LIMITS = {  # it carries none of these: behind one they are our role's (db/role_settings.py)
    "statement_timeout": "8s",  # of a call, however many statements go in it: docs/decisions/0070
    "idle_in_transaction_session_timeout": "5s",
    "jit": "off",
}
SERVER_SETTINGS = SESSION | LIMITS
PATIENT_SETTINGS = SERVER_SETTINGS | {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
COMMAND_SECONDS = 10.0  # the client's own limit: who does not even end a statement that has taken too long is gone
PROOF_SECONDS = 3600.0  # instead of it, for statements that read every row (actions/check_books.py)
FIRST_CELL = 1
DIRECTORY = 0  # no cell: where a command goes that writes to the global look-ups
CLOSE_SECONDS = 3.0
ARRAYS = "SELECT NULL::record[], " + ", ".join(f"NULL::{name}[]" for name in ARRAYS_IN_ROWS)


async def _keep(connection: asyncpg.Connection) -> None:
    """Reset nothing: no statement leaves session state behind, and the default reset costs a third of the speed."""


async def _know_arrays(connection: asyncpg.Connection) -> None:
    """Have the driver look up now, in one go, what it cannot look up within a row of several statements' rows."""
    await connection.fetchrow(ARRAYS)
    tell_statements(connection)


async def open_pool(
    dsn: str, *, size: int = 8, statement_cache_size: int = 256, behind_pooler: bool = False
) -> asyncpg.Pool:
    """Return a pool of at most ``size`` connections; the first is opened at once, so a wrong address fails here.

    ``behind_pooler``: the limits are the role's, since a pooler refuses who asks for them.
    """
    return await PrimaryPool(
        dsn,
        min_size=1,
        max_size=size,
        max_inactive_connection_lifetime=60.0,
        statement_cache_size=statement_cache_size,
        server_settings=SESSION if behind_pooler else SERVER_SETTINGS,
        init=_know_arrays,
        reset=_keep,
        command_timeout=COMMAND_SECONDS,
    )


class Cells:
    """Routes a cell to its database. The directory database holds the global look-ups.

    ``numbers`` are all cells, ascending. ``drafts`` False: no command is drafted (`Drafting`).
    """

    def __init__(
        self, directory: asyncpg.Pool, pools: Mapping[int, asyncpg.Pool] | None = None, *, drafts: bool = True
    ) -> None:
        self.directory = directory
        self._pools = dict(pools or {FIRST_CELL: directory})
        self.numbers = sorted(self._pools)
        self._functions: dict[int, Functions] = {}
        self.drafting = Drafting(is_on=drafts)
        self._clocks = {id(pool): DatabaseClock() for pool in self.databases}

    def pool(self, cell: int) -> asyncpg.Pool:
        """Return the pool of the database that holds ``cell``, or of the directory's for `DIRECTORY`.

        Raises KeyError for a cell that does not exist.
        """
        return self.directory if cell == DIRECTORY else self._pools[cell]

    async def find_functions(self) -> None:
        """Learn which statements can go together in each database; until then each goes alone."""
        for pool in self.databases:
            async with pool.acquire() as db:
                self._functions[id(pool)] = await find_functions(db)

    def forget_functions(self, cell: int) -> None:
        """Have each statement go alone from now on: the functions in the cell's database are gone."""
        self._functions.pop(id(self.pool(cell)), None)

    def clock(self, cell: int) -> DatabaseClock:
        """Return the clock of the cell's database."""
        return self._clocks[id(self.pool(cell))]

    @asynccontextmanager
    async def transaction(self, cell: int) -> AsyncIterator[tuple[asyncpg.Connection, datetime]]:
        """Yield what stands in for a connection in a transaction, and its time; committed at the end."""
        pool, clock = self.pool(cell), self.clock(cell)
        async with pool.acquire() as db, db.transaction():
            now = await db.fetchval("SELECT now()")  # shared by a batch; a draft's reading is checked when it is saved
            tx = Transaction(db, self._functions.get(id(pool), {}), clock)
            yield cast("asyncpg.Connection", tx), clock.told(now)
            await tx.finish()

    @asynccontextmanager
    async def draft(self, cell: int) -> AsyncIterator[tuple[Draft, datetime]]:
        """Yield the draft of an action that is alone, to be finished, and the time. Raises `Undrafted`."""
        pool, clock = self.pool(cell), self.clock(cell)
        functions, now = self._functions.get(id(pool)), clock.now()
        if not functions:
            raise Undrafted("the database has no functions of this version")
        async with pool.acquire() as db:
            now = now or await db.fetchval("SELECT now()")
            yield Draft(db, functions, clock, now), now

    @property
    def databases(self) -> list[asyncpg.Pool]:
        """Return every database once, the directory first."""
        return list(dict.fromkeys([self.directory, *self._pools.values()]))

    @property
    def one_of_each(self) -> list[int]:
        """Return `DIRECTORY`, and one cell of every other database: what is copied to each of them goes there."""
        cells = {id(pool): cell for cell, pool in self._pools.items() if pool is not self.directory}
        return [DIRECTORY, *cells.values()]

    async def close(self) -> None:
        """Close every database's pool; what does not come back in time is cut off (its transaction is rolled back)."""
        for pool in self.databases:
            try:
                await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
            except TimeoutError:
                pool.terminate()
