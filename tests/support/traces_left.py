"""What a call may leave behind: rows in customers' tables, and money moved."""

from typing import Any

from manyeyes.runtime.context import Context

COUNTED = ("task", "work", "blob", "transfer", "result", "pending_pay", "usage_minute", "queue_minute", "account_turn")


async def look(context: Context) -> dict[str, Any]:
    """Count the rows of every customer's table, and read every running sum."""
    async with context.cells.pool(1).acquire() as db:
        found: dict[str, Any] = {name: await db.fetchval(f"SELECT count(*) FROM {name}") for name in COUNTED}
        for name in ("balance", "wallet"):
            found[name] = [tuple(row) for row in await db.fetch(f"SELECT * FROM {name} ORDER BY 1, 2")]
    return found
