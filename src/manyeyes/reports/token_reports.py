"""Named queries of token reports and of the guard over them → frozen values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.reports.store import SQL


class TokenReports(msgspec.Struct, frozen=True):
    """How many answers of a queue an account reported as ``incorrect``, of those it reported at all."""

    account_id: int
    queue_id: int
    incorrect: int


async def token_reports(db: asyncpg.Connection, cell: int, since: datetime) -> list[TokenReports]:
    """Return every account's token reports filed after ``since``, by account and queue."""
    return read(TokenReports, await db.fetch(SQL.token_reports, cell, since))


async def ignored(
    db: asyncpg.Connection, now: datetime, cell: int, account_ids: Sequence[int] | None = None
) -> set[int]:
    """Return those of the accounts (None: of all) whose reports of incorrect tokens are ignored now."""
    return {row["account_id"] for row in await db.fetch(SQL.ignored, cell, account_ids, now)}


async def ignore(tx: asyncpg.Connection, cell: int, whys: Mapping[int, str], until: datetime) -> None:
    """Ignore these accounts' reports of incorrect tokens, each for its reason."""
    if whys:
        await tx.execute(SQL.ignore, cell, list(whys), list(whys.values()), until)
