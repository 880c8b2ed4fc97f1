"""Votes that can be taken back or corrected, what lies behind what is looked at, and what was said → frozen values."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import columns, read
from manyeyes.reports.rules import ReportState, Slot, SlotState, Vote
from manyeyes.reports.slots import ReviewerRecord, as_slots, as_verdict
from manyeyes.reports.store import vote_of

SQL = Queries(__package__)
ANY_ASIDE = SQL.any_vote_aside  # whether any vote of a cell ($1) can be taken back no more


class OwnVote(msgspec.Struct, frozen=True, kw_only=True):
    """A vote as its reviewer sees it later: ``others`` voted on the complaint too, ``alike`` of them the same."""

    task_id: int
    n: int
    lease: int
    state: SlotState
    queue_id: int
    vote: Vote
    reason: str
    voted_at: datetime
    pay_micros: int
    settles_at: datetime | None
    report_state: ReportState
    why: str
    others: int
    alike: int


class CastSlot(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement of a complaint, and whose; ``vote`` and ``voted_at`` None: nobody's yet."""

    n: int
    reviewer_id: int
    state: SlotState
    vote: Vote | None
    reason: str
    voted_at: datetime | None
    pay_micros: int


async def lay_ahead(
    tx: asyncpg.Connection, cell: int, given: Sequence[tuple[Slot, int]], until: datetime
) -> dict[int, Slot]:
    """Lay locked slots behind what reviewers look at, who are not shown them; return each reviewer's."""
    if not given:
        return {}
    found = zip(*[(slot.task_id, slot.n, reviewer_id) for slot, reviewer_id in given], strict=True)
    return {s.reviewer_id: s for s in as_slots(await tx.fetch(SQL.lay_slots_ahead, cell, *found, until))}


async def show_ahead(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Sequence[int], until: datetime
) -> dict[int, Slot]:
    """Show reviewers what lay behind what they looked at; return each reviewer's."""
    rows = await tx.fetch(SQL.show_slots_ahead, cell, reviewer_ids, until, now)
    return {s.reviewer_id: s for s in as_slots(rows)}


async def lock_with_desks(
    tx: asyncpg.Connection, cell: int, task_ids: Sequence[int], reviewer_ids: Sequence[int]
) -> list[Slot]:
    """Lock all slots of complaints, and what reviewers have before them and behind that."""
    return as_slots(await tx.fetch(SQL.lock_slots_and_desks, cell, task_ids, reviewer_ids))


async def lock_held(tx: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[Slot]:
    """Lock what these reviewers have before them and behind that, but what somebody is at now."""
    return as_slots(await tx.fetch(SQL.lock_held, cell, reviewer_ids))


async def put_behind(tx: asyncpg.Connection, cell: int, slots: Sequence[tuple[int, int]], until: datetime) -> None:
    """Lay locked slots, given as (task, n), behind what their reviewers took back."""
    if slots:
        await tx.execute(SQL.put_slots_behind, cell, *zip(*slots, strict=True), until)


async def lay_aside(tx: asyncpg.Connection, now: datetime, cell: int, laid: Sequence[Slot]) -> None:
    """Write votes that can be taken back until the instants that these slots say."""
    if laid:
        found = columns(laid, "task_id", "n", "verdict", "reason", "settles_at", verdict=as_verdict)
        await tx.execute(SQL.lay_votes_aside, cell, *found, now)


async def correct(tx: asyncpg.Connection, cell: int, corrected: Sequence[Slot]) -> None:
    """Write what reviewers say now of these slots, which have their vote."""
    if corrected:
        await tx.execute(
            SQL.correct_votes, cell, *columns(corrected, "task_id", "n", "verdict", "reason", verdict=as_verdict)
        )


async def take_back(tx: asyncpg.Connection, cell: int, back: Sequence[Slot]) -> None:
    """Let these slots, whose votes were aside, lie before their reviewers again, for as long as they say."""
    if back:
        await tx.execute(SQL.take_votes_back, cell, *columns(back, "task_id", "n", "lease_until", "looked_marks"))


async def pass_on(tx: asyncpg.Connection, cell: int, passed: Sequence[Slot]) -> None:
    """Open locked slots again for others than the reviewers who have them."""
    if passed:
        await tx.execute(SQL.pass_slots, cell, *columns(passed, "task_id", "n", "reviewer_id"))


async def hold_back(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Ask nobody for what is open of these complaints; `let_in` asks again."""
    if task_ids:
        await tx.execute(SQL.hold_slots_back, cell, task_ids)


async def let_in(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Ask others again about complaints that are undecided, and were held back."""
    if task_ids:
        await tx.execute(SQL.let_slots_in, cell, task_ids)


async def due(db: asyncpg.Connection, cell: int, but: Collection[int], limit: int) -> list[int]:
    """Return the tasks of the ``limit`` votes that could be taken back for longest, and can no more.

    ``but``: these tasks are left out.
    """
    return [row["task_id"] for row in await db.fetch(SQL.votes_aside, cell, list(but), limit)]


async def votes_by(
    db: asyncpg.Connection, cell: int, reviewer_id: int, before: tuple[datetime, int], limit: int
) -> list[OwnVote]:
    """Return a reviewer's votes before the place (voted at, task), newest first."""
    return read(OwnVote, await db.fetch(SQL.votes_by, cell, reviewer_id, *before, limit), vote=vote_of)


async def others_record(db: asyncpg.Connection, cell: int, reviewer_id: int) -> ReviewerRecord:
    """Return how all reviewers but this one voted on decided complaints, together."""
    row = await one_row(db, SQL.other_records, cell, reviewer_id)
    return ReviewerRecord(0, row["votes"], row["against"])


async def slots_of(db: asyncpg.Connection, cell: int, task_id: int) -> list[CastSlot]:
    """Return the judgements of a task's complaint, in their order."""
    return read(CastSlot, await db.fetch(SQL.slots_of, cell, task_id), vote=_said)


async def reviewer_since(db: asyncpg.Connection, cell: int, reviewer_id: int, since: datetime) -> tuple[int, int]:
    """Return how many votes a reviewer cast since an instant, and the micros they earned."""
    row = await one_row(db, SQL.reviewer_since, cell, reviewer_id, since)
    return row["votes"], row["pay_micros"]


def _said(verdict: int | None) -> Vote | None:
    return None if verdict is None else vote_of(verdict)
