"""The files of jobs while they come and after: how far each is, and which stand still → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns, read
from manyeyes.jobs.store import SQL, JobUpload


class StaleUpload(msgspec.Struct, frozen=True):
    """A file that nobody goes on with, and for how long it stands still by then."""

    job_id: int
    account_id: int
    upload_key: str
    idle_seconds: int


async def save_uploads(tx: asyncpg.Connection, now: datetime, cell: int, uploads: Sequence[JobUpload]) -> None:
    """Keep how far files are; a new one is made. Their jobs are locked."""
    if uploads:
        found = columns(uploads, "job_id", "upload_key", "first_line", "lines", "items", "complete", "digest")
        await tx.execute(SQL.save_uploads, cell, now, *found)


async def delete_uploads(tx: asyncpg.Connection, cell: int, uploads: Sequence[JobUpload]) -> None:
    """Forget files whose items are all deleted."""
    if uploads:
        await tx.execute(SQL.delete_uploads, cell, *columns(uploads, "job_id", "upload_key"))


async def stale_uploads(db: asyncpg.Connection, cell: int, seconds: int, limit: int) -> list[StaleUpload]:
    """Return files that are not complete and have stood still for so long, or whose dropping has."""
    return read(StaleUpload, await db.fetch(SQL.stale_uploads, cell, seconds, limit))
