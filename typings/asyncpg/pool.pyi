"""What lends a pool's connection."""

from typing import Any

from asyncpg import Connection, Pool

class PoolAcquireContext:
    pool: Any
    connection: Any
    def __init__(self, pool: Pool, timeout: float | None) -> None: ...
    async def __aenter__(self) -> Connection: ...
    async def __aexit__(self, exc_type: Any = None, exc_val: Any = None, exc_tb: Any = None) -> None: ...
