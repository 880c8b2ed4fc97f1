"""A transaction, as whoever changes how it ends sees it."""

from typing import Any

import asyncpg

class Transaction(asyncpg.Transaction):
    _connection: Any
    def __init__(self, connection: object, isolation: str | None, readonly: bool, deferrable: bool) -> None: ...
