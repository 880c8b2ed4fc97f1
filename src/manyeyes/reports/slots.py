"""Named queries of the slots that complaints are judged in, and of those who judge → frozen values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import columns, read, read_one
from manyeyes.reports.rules import Slot, SlotState, Vote
from manyeyes.reports.store import SQL, vote_of

ANY_LAPSED = SQL.any_lapsed_slot  # whether any slot of a cell ($1) is to be opened again


class NewSlot(msgspec.Struct, frozen=True):
    """An open slot; ``pay_micros`` is what its vote will earn."""

    task_id: int
    n: int
    author_id: int
    queue_id: int
    pay_micros: int


class ReviewerRecord(msgspec.Struct, frozen=True):
    """How many votes a reviewer cast on decided complaints, and how many of them against the verdict."""

    reviewer_id: int
    votes: int
    against: int


async def insert_slots(tx: asyncpg.Connection, now: datetime, cell: int, slots: Sequence[NewSlot]) -> None:
    """Open slots for complaints."""
    if slots:
        found = columns(slots, "task_id", "n", "author_id", "queue_id", "pay_micros")
        await tx.execute(SQL.insert_slots, cell, *found, now)


async def any_open(tx: asyncpg.Connection, cell: int) -> bool:
    """Tell whether any slot of the cell is open."""
    return bool(await tx.fetchval(SQL.any_open, cell))


async def held(tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Iterable[int]) -> dict[int, Slot]:
    """Return what those of the reviewers who have a live lease have before them."""
    return (await desks(tx, now, cell, reviewer_ids))[0]


async def desks(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Iterable[int]
) -> tuple[dict[int, Slot], dict[int, Slot]]:
    """Return what the reviewers have before them, and what lies behind that, each by reviewer."""
    found = as_slots(await tx.fetch(SQL.held_slots, cell, sorted(reviewer_ids), now))
    return (
        {s.reviewer_id: s for s in found if s.state is SlotState.LEASED},
        {s.reviewer_id: s for s in found if s.state is SlotState.AHEAD},
    )


async def lock_reviewers(tx: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> None:
    """Lock the records of reviewers who want a slot; one who has no record yet gets an empty one."""
    found = await tx.fetch(SQL.lock_records, cell, reviewer_ids)
    if len(found) < len(reviewer_ids):
        await tx.execute(SQL.open_records, cell, reviewer_ids)
        await tx.execute(SQL.lock_records, cell, reviewer_ids)


async def lock_open(tx: asyncpg.Connection, cell: int, limit: int) -> list[Slot]:
    """Lock the slots that have been open for longest."""
    return as_slots(await tx.fetch(SQL.lock_open, cell, limit))


async def lock_open_for(
    tx: asyncpg.Connection, cell: int, reviewer_id: int, queue_ids: Sequence[int], clear: Sequence[int]
) -> list[Slot]:
    """Lock the one open slot that fits this reviewer best, if there is one; ``clear``: the marks for them, by queue."""
    return as_slots(await tx.fetch(SQL.lock_open_for, cell, reviewer_id, queue_ids, clear))


async def judges(tx: asyncpg.Connection, cell: int, task_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return (task, person) of all who have or had a slot of these complaints, or were asked about them before."""
    rows = await tx.fetch(SQL.judges, cell, sorted(set(task_ids)))
    return {(row["task_id"], row["reviewer_id"]) for row in rows}


async def lease(
    tx: asyncpg.Connection, now: datetime, cell: int, given: Sequence[tuple[Slot, int]], until: datetime
) -> dict[int, Slot]:
    """Give locked slots to reviewers, who are shown them now; return each reviewer's."""
    if not given:
        return {}
    found = zip(*[(slot.task_id, slot.n, reviewer_id) for slot, reviewer_id in given], strict=True)
    return {s.reviewer_id: s for s in as_slots(await tx.fetch(SQL.lease_slots, cell, *found, until, now))}


async def lock_slots(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[Slot]:
    """Lock all slots of complaints; where their reports are locked too, these were before."""
    return as_slots(await tx.fetch(SQL.lock_slots, cell, task_ids))


async def renew(tx: asyncpg.Connection, cell: int, renewed: Sequence[Slot]) -> None:
    """Let locked slots lie before their reviewers until the instants that these say."""
    if renewed:
        await tx.execute(SQL.renew_slots, cell, *columns(renewed, "task_id", "n", "lease_until", "looked_marks"))


async def save_votes(tx: asyncpg.Connection, now: datetime, cell: int, voted: Sequence[Slot]) -> None:
    """Write the votes that these slots got."""
    found = columns(voted, "task_id", "n", "verdict", "reason", verdict=as_verdict)
    await tx.execute(SQL.save_votes, cell, *found, now)


async def close(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Close what is not voted of decided complaints."""
    await tx.execute(SQL.close_slots, cell, task_ids)


async def lock_lapsed(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[tuple[int, int]]:
    """Lock slots whose leases are over; return (task, n) each."""
    return [tuple(row) for row in await tx.fetch(SQL.lock_lapsed, cell, now, limit)]


async def reopen(tx: asyncpg.Connection, cell: int, slots: Sequence[tuple[int, int]]) -> None:
    """Open locked slots, given as (task, n), again."""
    if slots:
        await tx.execute(SQL.reopen_slots, cell, *zip(*slots, strict=True))


async def add_to_records(tx: asyncpg.Connection, cell: int, records: Mapping[int, ReviewerRecord]) -> None:
    """Add a batch's votes on decided complaints, by reviewer."""
    if records:
        await tx.execute(SQL.add_to_records, cell, *columns(list(records.values()), "reviewer_id", "votes", "against"))


async def records(db: asyncpg.Connection, cell: int) -> list[ReviewerRecord]:
    """Return the records of all who ever judged a decided complaint."""
    return read(ReviewerRecord, await db.fetch(SQL.records, cell))


async def record_of(db: asyncpg.Connection, cell: int, reviewer_id: int) -> ReviewerRecord:
    """Return how a reviewer voted on decided complaints; of a new one nothing is known."""
    found = read_one(ReviewerRecord, await db.fetchrow(SQL.record_of, cell, reviewer_id))
    return found or ReviewerRecord(reviewer_id, 0, 0)


async def all_votes(db: asyncpg.Connection, cell: int) -> dict[int, int]:
    """Return what every reviewer's votes earned, in micros."""
    return dict(await db.fetch(SQL.all_votes, cell, timeout=PROOF_SECONDS))


def as_slots(rows: Sequence[asyncpg.Record]) -> list[Slot]:
    """Return rows of slots as values."""
    return read(Slot, rows, vote=_vote)


def as_verdict(slot: Slot) -> int:
    """Return a slot's vote as it is stored."""
    return int(slot.vote is Vote.CONFIRM)


def _vote(verdict: int | None) -> Vote | None:
    return None if verdict is None else vote_of(verdict)
