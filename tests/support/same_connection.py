"""A pool of one connection, so that all of a test lies in its one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


class SameConnection:
    """Stands for a pool and gives the one connection whose transaction the world lies in; `transaction` nests."""

    def __init__(self, db: asyncpg.Connection) -> None:
        self.db, self.fetch, self.execute = db, db.fetch, db.execute

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[asyncpg.Connection]:
        """Yield the one connection."""
        yield self.db
