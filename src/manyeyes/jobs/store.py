"""Named queries of jobs and their uploads → frozen values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.jobs.rules import Job

SQL = Queries(__package__)


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it is asked for; None: no such bound (see `rules.Job`)."""

    job_id: int
    account_id: int
    name: str
    queue_id: int
    question_id: int
    terms: PeopleTerms = ONE_ANSWER
    life_seconds: int | None = None
    deadline: datetime | None = None
    budget_micros: int | None = None
    price_at_most_micros: int | None = None
    callback_url: str = ""
    base_url: str = ""


class EndCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How tasks of one job ended at once: ``closed`` of them were open, and ``freed_micros`` held for them.

    What never entered was not open.
    """

    job_id: int
    closed: int = 0
    solved: int = 0
    unsolvable: int = 0
    unanswered: int = 0
    failed: int = 0
    cancelled: int = 0
    freed_micros: int = 0
    charged_micros: int = 0


class JobNews(msgspec.Struct, frozen=True):
    """Whom to tell of a job, and where (empty: nowhere); ``ended_at`` None: it goes on."""

    job_id: int
    account_id: int
    callback_url: str
    base_url: str
    ended_at: datetime | None


class JobUpload(msgspec.Struct, frozen=True, kw_only=True):
    """A file of items from the job's ``first_line`` on, ``lines`` of which were read; ``digest``: `upload_rules`."""

    job_id: int
    upload_key: str
    first_line: int
    lines: int
    items: int
    complete: bool
    digest: bytes
    created_at: datetime
    changed_at: datetime


async def insert_jobs(tx: asyncpg.Connection, now: datetime, cell: int, jobs: Sequence[NewJob]) -> None:
    """Open drafts. Raises asyncpg.UniqueViolationError when one of them is there."""
    found = columns(
        jobs,
        *("job_id", "account_id", "name", "queue_id", "question_id", "answers", "life_seconds", "deadline"),
        *("budget_micros", "price_at_most_micros", "callback_url", "base_url", "terms"),
        answers=_answers,
        terms=_kept,
    )
    await tx.execute(SQL.insert_job, cell, now, *found)


async def existing(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> set[int]:
    """Return which of the jobs are there; asked when a command is tried again."""
    return {row["job_id"] for row in await tx.fetch(SQL.existing, cell, job_ids)}


async def lock_jobs(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> dict[int, Job]:
    """Return those of the jobs that are there, locked in the order of their numbers.

    They are locked after everything else (ARCHITECTURE.md#data).
    """
    return {job.job_id: job for job in _read(await tx.fetch(SQL.lock_jobs, cell, job_ids))}


async def jobs(db: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> dict[int, Job]:
    """Return those of the jobs that are there, by number."""
    return {job.job_id: job for job in _read(await db.fetch(SQL.jobs, cell, job_ids))}


async def page(
    db: asyncpg.Connection, cell: int, account_id: int, *, after: int, limit: int, is_newest_first: bool
) -> list[Job]:
    """Return an account's jobs that follow one in this order, at most ``limit``."""
    query = SQL.page_newest if is_newest_first else SQL.page_oldest
    return _read(await db.fetch(query, cell, account_id, after, limit))


async def save_jobs(tx: asyncpg.Connection, cell: int, jobs: Sequence[Job]) -> None:
    """Write jobs, which `lock_jobs` locked, as they are now."""
    if not jobs:
        return
    found = columns(
        jobs,
        *("job_id", "name", "state", "deadline", "budget_micros", "started_at", "ended_at", "waits_for", "items"),
        *("entered", "open", "solved", "unsolvable", "unanswered", "failed", "cancelled", "held_micros"),
        *("charged_micros", "refunded_micros", "claim", "claimed_until", "changed_at", "stuck_at"),
    )
    await tx.execute(SQL.save_jobs, cell, *found)


async def revise_jobs(tx: asyncpg.Connection, cell: int, jobs: Sequence[Job]) -> None:
    """Write drafts, which `lock_jobs` locked, with what they ask and their terms as these are now."""
    if not jobs:
        return
    found = columns(
        jobs,
        *("job_id", "name", "queue_id", "question_id", "life_seconds", "deadline", "budget_micros"),
        *("price_at_most_micros", "callback_url", "base_url", "changed_at", "answers", "terms"),
        answers=_answers,
        terms=_kept,
    )
    await tx.execute(SQL.revise_jobs, cell, *found)


async def uploads(db: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> list[JobUpload]:
    """Return the files of the jobs, complete or not, in the order of their lines."""
    return read(JobUpload, await db.fetch(SQL.uploads, cell, job_ids))


async def live_jobs(db: asyncpg.Connection, cell: int) -> list[Job]:
    """Return all jobs of which something is left to do."""
    return _read(await db.fetch(SQL.live_jobs, cell))


async def count_ends(tx: asyncpg.Connection, now: datetime, cell: int, counts: Sequence[EndCounts]) -> list[JobNews]:
    """Count how tasks ended in their jobs, and return these; one of which nothing is left to do has ended ``now``."""
    found = columns(
        counts,
        *("job_id", "closed", "solved", "unsolvable", "unanswered", "failed", "cancelled", "freed_micros"),
        "charged_micros",
    )
    return read(JobNews, await tx.fetch(SQL.count_ends, cell, now, *found))


async def add_refunds(tx: asyncpg.Connection, now: datetime, cell: int, refunds: Mapping[int, int]) -> None:
    """Count micros that were given back, by job."""
    if refunds:
        await tx.execute(SQL.add_refunds, cell, now, list(refunds), list(refunds.values()))


async def take_stuck(tx: asyncpg.Connection, now: datetime, cell: int, since: datetime, limit: int) -> list[JobNews]:
    """Return running jobs of which nothing has changed since an instant though tasks wait; each once until it does."""
    return read(JobNews, await tx.fetch(SQL.take_stuck, cell, now, since, limit))


async def all_jobs(db: asyncpg.Connection, cell: int) -> list[Job]:
    """Return every job of a cell."""
    return _read(await db.fetch(SQL.all_jobs, cell, timeout=PROOF_SECONDS))


def _read(rows: Sequence[asyncpg.Record]) -> list[Job]:
    return read(Job, rows, terms=_terms)


def _answers(job: NewJob | Job) -> int:
    return job.terms.answers


def _kept(job: NewJob | Job) -> str | None:
    """Return terms as they are kept, JSON; nothing where one person's word is enough."""
    return None if job.terms.is_single else msgspec.json.encode(job.terms).decode()


def _terms(kept: str | None) -> PeopleTerms:
    return ONE_ANSWER if kept is None else msgspec.json.decode(kept, type=PeopleTerms)
