"""Named queries of deliveries and their tries → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, read_one
from manyeyes.webhooks.rules import (
    AT_ONCE_PER_RECEIVER,
    MOST_TRIES_EVER,
    DeliveryState,
    Due,
    RetryDecision,
    receiver_of,
)

SQL = Queries(__package__)
ANY_DELIVERY = SQL.any_delivery  # whether any delivery waits in a cell ($1)


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told to ``url``: a task's end, or an ``event`` of the job or task ``subject_id``, under a serial of
    its own. ``base_url``: how its customer reached us."""

    task_id: int
    account_id: int
    url: str
    base_url: str
    event: str = ""
    subject_id: int = 0


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that this process tries now; ``number`` fences off who had it before.

    ``event``: what of the job or task ``subject_id`` is told; empty: the end of the task itself.
    """

    task_id: int
    account_id: int
    url: str
    receiver: str
    base_url: str
    number: int
    event: str
    subject_id: int


class WaitingDelivery(msgspec.Struct, frozen=True):
    """A locked delivery; ``tries`` all that there were, ``tries_before`` those before the last replay."""

    task_id: int
    claim: int
    tries: int
    tries_before: int


class NotedTry(msgspec.Struct, frozen=True):
    """The ``n``-th try of a delivery and what it leads to; ``status`` 0: nothing was answered."""

    task_id: int
    n: int
    status: int
    milliseconds: int
    verdict: RetryDecision


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as its customer sees it. ``next_at`` counts while it waits."""

    task_id: int
    url: str
    state: DeliveryState
    tries: int
    next_at: datetime
    ended_at: datetime
    closed_at: datetime | None
    last_status: int
    last_fault: str
    event: str


class Try(msgspec.Struct, frozen=True):
    """One line of the log; ``fault`` is empty when it was delivered."""

    n: int
    at: datetime
    status: int
    fault: str
    milliseconds: int


async def insert_deliveries(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewDelivery]) -> None:
    """Store deliveries, due at ``now``."""
    if rows:
        found = columns(
            rows,
            *("task_id", "account_id", "url", "receiver", "base_url", "event", "subject_id"),
            receiver=lambda row: receiver_of(row.url, row.account_id),
        )
        await tx.execute(SQL.insert_deliveries, cell, now, *found)


async def due(tx: asyncpg.Connection, now: datetime, cell: int) -> list[Due]:
    """Return of each receiver the first deliveries that are due, as many as one process would try at once."""
    return read(Due, await tx.fetch(SQL.due, cell, now, 2 * AT_ONCE_PER_RECEIVER))


async def claim(
    tx: asyncpg.Connection, now: datetime, cell: int, task_ids: Sequence[int], until: datetime
) -> list[Claim]:
    """Claim those of the deliveries that are still due and in nobody's hands."""
    return read(Claim, await tx.fetch(SQL.claim, cell, task_ids, now, until))


async def lock_waiting(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, WaitingDelivery]:
    """Return those of the deliveries that wait, by task; the rows stay locked until the transaction ends."""
    return {w.task_id: w for w in read(WaitingDelivery, await tx.fetch(SQL.lock_waiting, cell, task_ids))}


async def note(tx: asyncpg.Connection, now: datetime, cell: int, noted: Sequence[NotedTry]) -> None:
    """Write tries down, in the log and in the deliveries, which are locked."""
    if not noted:
        return
    verdicts = [(n.task_id, n.verdict.state, n.status, n.verdict.fault, n.verdict.wait_seconds) for n in noted]
    await tx.execute(SQL.note, cell, now, *zip(*verdicts, strict=True))
    tries = [(n.task_id, n.n, n.status, n.verdict.fault, n.milliseconds) for n in noted]
    await tx.execute(SQL.insert_tries, cell, now, *zip(*tries, strict=True))


async def rotations(
    db: asyncpg.Connection, cell: int, account_ids: Sequence[int]
) -> dict[int, tuple[int, datetime | None]]:
    """Return (generation of the secret, when it was renewed) of each account; (0, None) when it never was."""
    found = {
        row["account_id"]: (row["generation"], row["rotated_at"])
        for row in await db.fetch(SQL.rotations, cell, account_ids)
    }
    return {account_id: found.get(account_id, (0, None)) for account_id in account_ids}


async def rotate(tx: asyncpg.Connection, cell: int, account_id: int, generation: int) -> bool:
    """Renew an account's secret of this generation; return False when another one is its secret by now."""
    return await tx.fetchval(SQL.rotate, cell, account_id, generation) is not None


async def page(
    db: asyncpg.Connection, cell: int, account_id: int, *, before: int, limit: int, is_given_up: bool
) -> list[Delivery]:
    """Return an account's deliveries of tasks before one, newest first: all, or those that were given up."""
    query = SQL.page_of_given_up if is_given_up else SQL.page
    return read(Delivery, await db.fetch(query, cell, account_id, before, limit))


async def delivery(db: asyncpg.Connection, cell: int, task_id: int, account_id: int) -> Delivery | None:
    """Return the account's delivery of a task; None when there is none."""
    return read_one(Delivery, await db.fetchrow(SQL.delivery, cell, task_id, account_id))


async def account_of(db: asyncpg.Connection, cell: int, task_id: int) -> int | None:
    """Return whose delivery that of a task is; None when there is none."""
    account_id: int | None = await db.fetchval(SQL.account_of, cell, task_id)
    return account_id


async def tries(db: asyncpg.Connection, cell: int, task_id: int) -> list[Try]:
    """Return the log of a delivery's tries."""
    return read(Try, await db.fetch(SQL.tries, cell, task_id))


async def replay(
    tx: asyncpg.Connection, now: datetime, cell: int, account_id: int, task_ids: Sequence[int], once: str
) -> set[int]:
    """Make deliveries of the account due now; return those that there are and that may be tried more often.

    ``once``: the event that nobody has sent again.
    """
    rows = await tx.fetch(SQL.replay, cell, account_id, task_ids, now, MOST_TRIES_EVER, once)
    return {row["task_id"] for row in rows}


async def given_up_after(
    tx: asyncpg.Connection, cell: int, account_id: int, after: int, limit: int, once: str
) -> list[int]:
    """Return the tasks after one whose deliveries were given up and `replay` makes due, ascending; locked."""
    rows = await tx.fetch(SQL.given_up_after, cell, account_id, after, limit, MOST_TRIES_EVER, once)
    return [row["task_id"] for row in rows]


async def delete_old(tx: asyncpg.Connection, cell: int, before: datetime, limit: int) -> int:
    """Sweep deliveries of tasks that ended before an instant, with their logs; return how many."""
    old = [row["task_id"] for row in await tx.fetch(SQL.lock_old, cell, before, limit)]
    if old:
        await tx.execute(SQL.delete_tries, cell, old)
        await tx.execute(SQL.delete_deliveries, cell, old)
    return len(old)


async def untold(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> set[int]:
    """Return those of the tasks whose end is still to be told to a call-back address."""
    return {row["task_id"] for row in await tx.fetch(SQL.untold, cell, task_ids)}
