"""A month of a cell as files of Parquet, one a table, with their checksums (docs/decisions/0095)."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.ledger.seals.rules import month_named, next_month
from manyeyes.runtime.context import Context
from manyeyes.tasks.dropping import store as dropping

ROWS = 20_000  # in a group
SUMS = "SHA256SUMS"


class ExportedTable(msgspec.Struct, frozen=True):
    """A file that was written, and how many rows it has."""

    file: str
    rows: int
    sha256: str


async def export_month(context: Context, cell: int, name: str, folder: Path) -> list[ExportedTable]:
    """Write what a cell has of a month to ``folder``, in one snapshot; files of before are replaced.

    The checksums are written last: a folder without them is not whole. Raises ImportError where pyarrow is missing.
    """
    parquet = await asyncio.to_thread(import_module, "manyeyes.job_files.table_parquet")
    start = month_named(name)
    await asyncio.to_thread(_prepare, folder)
    async with (
        context.cells.pool(cell).acquire() as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        await db.execute("SET LOCAL statement_timeout = 0")
        await db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while the disk is waited for
        found = [
            await _write(db, parquet, statement, (cell, start, next_month(start)), folder / f"{table}.parquet")
            for table, statement in dropping.EXPORTED.items()
        ]
    sums = "".join(f"{each.sha256}  {each.file}\n" for each in found)
    await asyncio.to_thread((folder / SUMS).write_text, sums)
    return found


async def _write(
    db: asyncpg.Connection, parquet: Any, statement: str, of: tuple[int, datetime, datetime], path: Path
) -> ExportedTable:
    prepared = await db.prepare(statement)
    writer = parquet.TableParquet({each.name: each.type.name for each in prepared.get_attributes()})
    digest, many = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for rows in _groups(db, statement, of):
            many += len(rows)
            await asyncio.to_thread(_put, file, digest, writer.write(rows))
        await asyncio.to_thread(_put, file, digest, writer.end())
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())  # what is exported may be dropped
    return ExportedTable(path.name, many, digest.hexdigest())


async def _groups(
    db: asyncpg.Connection, statement: str, of: tuple[int, datetime, datetime]
) -> AsyncIterator[list[tuple[Any, ...]]]:
    group: list[tuple[Any, ...]] = []
    async for row in db.cursor(statement, *of, prefetch=ROWS, timeout=PROOF_SECONDS):
        group.append(tuple(row))
        if len(group) == ROWS:
            yield group
            group = []
    if group:
        yield group


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SUMS).unlink(missing_ok=True)


def _put(file: Any, digest: Any, data: bytes) -> None:
    file.write(data)
    digest.update(data)
