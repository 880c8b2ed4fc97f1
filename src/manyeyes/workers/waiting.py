"""What is no longer so of people who wait in one process: one look for all of them, whatever their number."""

from collections.abc import Iterable, Sequence

import asyncpg

from manyeyes.workers.store import SQL

ANY_SILENT_NODE = SQL.any_silent_node  # whether people of a cell ($1) may be present through a dead node


async def astray(db: asyncpg.Connection, cell: int, workers: str, node_id: int) -> list[int]:
    """Return those of the workers of whom the match does not know that they are present and ask through this node.

    ``workers``: their numbers as `numbers_text` writes them.
    """
    return [row["worker_id"] for row in await db.fetch(SQL.astray, cell, workers, node_id)]


async def ended_secrets(db: asyncpg.Connection, hashes: Sequence[bytes]) -> list[bytes]:
    """Return those of the tokens and sessions, given by their hashes, that sign nobody in any more."""
    return [row["secret_hash"] for row in await db.fetch(SQL.ended_secrets, _bytes(hashes))]


async def shut_out(db: asyncpg.Connection, worker_ids: Sequence[int]) -> list[int]:
    """Return those of the workers who are disabled."""
    return [row["worker_id"] for row in await db.fetch(SQL.shut_out, numbers_text(worker_ids))]


def numbers_text(items: Iterable[int]) -> str:
    """Return PostgreSQL's literal of an array: the driver looks at each element of a list several times."""
    return "{" + ",".join(map(str, items)) + "}"


def _bytes(items: Iterable[bytes]) -> str:
    return "{" + ",".join([rf'"\\x{item.hex()}"' for item in items]) + "}"
