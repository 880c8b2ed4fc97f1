"""The right answers of tasks where their customers know them → values."""

from collections.abc import Iterable

import asyncpg

from manyeyes.tasks.store import SQL


async def insert_truths(tx: asyncpg.Connection, cell: int, truths: Iterable[tuple[int, str]]) -> None:
    """Keep the right answers of tasks: (task_id, text) each; nobody who answers sees them."""
    rows = list(truths)
    if rows:
        await tx.execute(SQL.insert_truths, cell, *zip(*rows, strict=True))
