"""Named queries of reports and verdicts → frozen values. Slots: slots.py; appeals: appeals/store.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import columns, read
from manyeyes.reports.rules import ReportKind, ReportState, Vote

SQL = Queries(__package__)


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it comes; ``worker_id`` gave the answer (0: several did).

    ``why`` tells why nobody is asked (rules.py).
    """

    task_id: int
    account_id: int
    queue_id: int
    worker_id: int
    kind: ReportKind
    state: ReportState
    why: str
    ended_at: datetime


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as actions see it."""

    task_id: int
    account_id: int
    queue_id: int
    worker_id: int
    kind: ReportKind
    state: ReportState
    ended_at: datetime


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report as those whom it concerns are told of it; money in micro-units."""

    task_id: int
    account_id: int
    queue_id: int
    worker_id: int
    kind: ReportKind
    state: ReportState
    why: str
    ended_at: datetime
    filed_at: datetime
    decided_at: datetime | None
    refunded_micros: int
    cancelled_micros: int


class RefusedReport(msgspec.Struct, frozen=True):
    """A report that was refused ``times`` times, ``at`` last; task 0 stands for many that the account never had."""

    task_id: int
    kind: ReportKind
    reason: str
    times: int
    at: datetime


class NewRefusedReport(msgspec.Struct, frozen=True):
    """A refused report to remember."""

    account_id: int
    task_id: int
    kind: ReportKind
    reason: str
    times: int = 1


class Record(msgspec.Struct, frozen=True):
    """How many of an account's complaints reviewers have judged, and how many they confirmed."""

    judged: int = 0
    confirmed: int = 0


class Decision(msgspec.Struct, frozen=True):
    """How a report ends; ``why`` is empty when votes decided."""

    task_id: int
    state: ReportState
    why: str
    refunded_micros: int
    cancelled_micros: int


class Cast(msgspec.Struct, frozen=True):
    """A vote as customer and worker see it: without the reviewer's name."""

    vote: Vote
    reason: str
    at: datetime


async def insert_reports(tx: asyncpg.Connection, now: datetime, cell: int, reports: Sequence[NewReport]) -> set[int]:
    """Store the reports and return their tasks, but for those that another report had come for."""
    if not reports:
        return set()
    found = columns(reports, "task_id", "account_id", "queue_id", "worker_id", "kind", "state", "why", "ended_at")
    return {row["task_id"] for row in await tx.fetch(SQL.insert_reports, cell, *found, now)}


async def existing(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Report]:
    """Return the reports on these tasks, by task."""
    return {r.task_id: r for r in read(Report, await tx.fetch(SQL.existing, cell, task_ids))}


async def lock_reports(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Report]:
    """Lock the reports on these tasks; whoever touches votes does this first."""
    return {r.task_id: r for r in read(Report, await tx.fetch(SQL.lock_reports, cell, task_ids))}


async def lock_overdue(tx: asyncpg.Connection, cell: int, filed_before: datetime, limit: int) -> list[Report]:
    """Lock complaints that are undecided since ``filed_before``, but those on which two votes agree."""
    return read(Report, await tx.fetch(SQL.lock_overdue, cell, filed_before, limit))


async def decide_reports(tx: asyncpg.Connection, now: datetime, cell: int, decisions: Sequence[Decision]) -> None:
    """Write how reports, which are locked, end."""
    found = columns(decisions, "task_id", "state", "why", "refunded_micros", "cancelled_micros")
    await tx.execute(SQL.decide_reports, cell, *found, now)


async def note_refused(tx: asyncpg.Connection, now: datetime, cell: int, noted: Sequence[NewRefusedReport]) -> None:
    """Remember refusals, each (account, task, kind, reason) at most once in ``noted``."""
    if noted:
        found = columns(noted, "account_id", "task_id", "kind", "reason", "times")
        await tx.execute(SQL.note_refused, cell, *found, now)


async def count_refused(tx: asyncpg.Connection, cell: int, account_ids: Sequence[int], reason: str) -> dict[int, int]:
    """Return for how many tasks each account was refused for this reason; accounts without any are left out."""
    return dict(await tx.fetch(SQL.count_refused, cell, account_ids, reason))


async def forget_refused(db: asyncpg.Connection, cell: int, kept_days: int) -> None:
    """Forget refused reports that are older than so many days."""
    await db.execute(SQL.forget_refused, cell, kept_days)


async def reporters(tx: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> dict[int, Record]:
    """Return the records of those accounts that have one."""
    rows = await tx.fetch(SQL.reporters, cell, account_ids)
    return {row["account_id"]: Record(judged=row["judged"], confirmed=row["confirmed"]) for row in rows}


async def every_reporter(db: asyncpg.Connection, cell: int, fewest_judged: int) -> dict[int, Record]:
    """Return the records of the accounts with at least so many judged complaints."""
    rows = await db.fetch(SQL.every_reporter, cell, fewest_judged)
    return {row["account_id"]: Record(judged=row["judged"], confirmed=row["confirmed"]) for row in rows}


async def open_complaints(db: asyncpg.Connection, cell: int) -> tuple[int, datetime | None]:
    """Return how many complaints are undecided, and when the oldest was filed."""
    row = await one_row(db, SQL.open_complaints, cell)
    return row["number"], row["oldest_at"]


async def add_to_reporters(tx: asyncpg.Connection, cell: int, verdicts: Mapping[int, Record]) -> None:
    """Add a batch's verdicts, by account."""
    if verdicts:
        columns = zip(*[(a, r.judged, r.confirmed) for a, r in verdicts.items()], strict=True)
        await tx.execute(SQL.add_to_reporters, cell, *columns)


async def reports_of(
    db: asyncpg.Connection, cell: int, account_id: int, before: tuple[datetime, int], state: int | None, limit: int
) -> list[Told]:
    """Return an account's reports before the place (filed at, task), newest first."""
    return read(Told, await db.fetch(SQL.reports_of, cell, account_id, *before, state, limit))


async def refused_of(
    db: asyncpg.Connection, cell: int, account_id: int, before: tuple[datetime, int, int], limit: int
) -> list[RefusedReport]:
    """Return an account's refused reports before the place (at, task, kind), newest first."""
    return read(RefusedReport, await db.fetch(SQL.refused_of, cell, account_id, *before, limit))


async def report_of(db: asyncpg.Connection, cell: int, account_id: int, task_id: int) -> Told | RefusedReport | None:
    """Return an account's report on one task, else the newest one that was refused, else None."""
    told = read(Told, await db.fetch(SQL.report_of, cell, task_id, account_id))
    if told:
        return told[0]
    return next(iter(read(RefusedReport, await db.fetch(SQL.refused_task, cell, account_id, task_id))), None)


async def reports_against(db: asyncpg.Connection, cell: int, worker_id: int, limit: int) -> list[Told]:
    """Return the complaints about a worker's answers that are open or that votes confirmed, newest first.

    Those about results of several are among them: open ones that they answered too, and those that were refused with
    what they said; ``cancelled_micros`` is then their own pay.
    """
    found = read(Told, await db.fetch(SQL.reports_against, cell, worker_id, limit))
    found += read(Told, await db.fetch(SQL.reports_against_several, cell, worker_id, limit))
    return sorted(found, key=lambda told: told.filed_at, reverse=True)[:limit]


async def votes_of(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, list[Cast]]:
    """Return the votes on complaints, by task, in the order in which they were cast."""
    votes: dict[int, list[Cast]] = {}
    for row in await db.fetch(SQL.votes_of, cell, task_ids):
        cast = Cast(vote=vote_of(row["verdict"]), reason=row["reason"], at=row["voted_at"])
        votes.setdefault(row["task_id"], []).append(cast)
    return votes


async def all_confirmed(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return what complaints gave back that were confirmed since an instant, in micros by task."""
    return dict(await db.fetch(SQL.all_confirmed, cell, since, timeout=PROOF_SECONDS))


async def all_cancelled(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return the pay that complaints cancelled that were confirmed since an instant, in micros by task."""
    return dict(await db.fetch(SQL.all_cancelled, cell, since, timeout=PROOF_SECONDS))


def vote_of(verdict: int) -> Vote:
    """Return the vote that is stored as this number."""
    return Vote.CONFIRM if verdict else Vote.REJECT


async def undecided(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> set[int]:
    """Return those of the tasks of which a complaint or an appeal is undecided."""
    return {row["task_id"] for row in await tx.fetch(SQL.undecided, cell, task_ids)}
