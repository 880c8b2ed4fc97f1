"""What customers ask to be topped up with, and below what balance they are told → frozen values."""

import enum
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.store import SQL
from manyeyes.db.rows import columns, read, read_one

MOST_OPEN = 5  # requests of an account that wait
LONGEST_NOTE = 500  # characters of a customer's note, and of the operator's word
SAME_SECONDS = 60  # in which the same said again is the same request: a button pressed twice
BALANCE_LOW = "balance.low"  # what a customer's address is told


class TopUpState(enum.IntEnum):
    """OPEN → APPROVED or DECLINED, once."""

    OPEN = 0
    APPROVED = 1
    DECLINED = 2


class TopUpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``request_id`` is a serial taken beforehand, by which the money is booked. ``word``: why it was declined."""

    request_id: int
    account_id: int
    amount_micros: int
    note: str
    asked_by: str
    asked_at: datetime
    state: TopUpState = TopUpState.OPEN
    decided_at: datetime | None = None
    word: str = ""


class LowBalance(msgspec.Struct, frozen=True):
    """``low_micros``: below it people are told, 0: never; at ``low_url``, if any. ``low_since`` None: it is not low."""

    low_micros: int
    low_url: str
    low_since: datetime | None


class Crossing(msgspec.Struct, frozen=True):
    """A balance that went below what its account named, or is above it again."""

    account_id: int
    is_low: bool
    low_url: str


async def insert_requests(tx: asyncpg.Connection, now: datetime, cell: int, requests: Sequence[TopUpRequest]) -> None:
    """Store requests; one that is there already stays as it is."""
    found = columns(requests, "request_id", "account_id", "amount_micros", "note", "asked_by")
    await tx.execute(SQL.insert_top_up_requests, cell, now, *found)


async def lock_requests(tx: asyncpg.Connection, cell: int, request_ids: Sequence[int]) -> dict[int, TopUpRequest]:
    """Return those of the requests that there are, by their numbers; the rows stay locked."""
    rows = await tx.fetch(SQL.lock_top_up_requests, cell, request_ids)
    return {each.request_id: each for each in read(TopUpRequest, rows)}


async def has_request(db: asyncpg.Connection, cell: int, request_id: int) -> bool:
    """Tell whether a cell holds a request of this number."""
    return bool(await db.fetchval(SQL.has_request, cell, request_id))


async def decide_requests(
    tx: asyncpg.Connection, now: datetime, cell: int, decided: Sequence[tuple[int, TopUpState, str]]
) -> None:
    """Write decisions down: (request, state, word) each."""
    if decided:
        await tx.execute(SQL.decide_top_up_requests, cell, now, *zip(*decided, strict=True))


async def open_requests(db: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> list[TopUpRequest]:
    """Return the requests of these accounts that wait, the oldest first."""
    return read(TopUpRequest, await db.fetch(SQL.open_top_up_requests, cell, account_ids))


async def requests_of(db: asyncpg.Connection, cell: int, account_id: int, limit: int) -> list[TopUpRequest]:
    """Return an account's requests, the newest first."""
    return read(TopUpRequest, await db.fetch(SQL.top_up_requests, cell, account_id, limit))


async def every_request(db: asyncpg.Connection, cell: int, limit: int, *, is_open: bool) -> list[TopUpRequest]:
    """Return the requests that wait, the oldest first; or all there are, the newest first."""
    query = SQL.every_open_top_up_request if is_open else SQL.every_top_up_request
    return read(TopUpRequest, await db.fetch(query, cell, limit))


async def low_balance(db: asyncpg.Connection, cell: int, account_id: int) -> LowBalance | None:
    """Return below what an account's people are told; None: no such account."""
    return read_one(LowBalance, await db.fetchrow(SQL.low_balance, cell, account_id))


async def set_low_balance(tx: asyncpg.Connection, cell: int, account_id: int, low_micros: int, low_url: str) -> None:
    """Change below what an account's people are told, and where."""
    await tx.execute(SQL.set_low_balance, cell, account_id, low_micros, low_url)


async def take_crossings(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[Crossing]:
    """Return the balances that crossed what their accounts named, and write down that somebody saw it."""
    return read(Crossing, await tx.fetch(SQL.take_crossings, cell, now, limit))
