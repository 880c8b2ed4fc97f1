"""Named queries of tasks, results and pictures → frozen values."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, values
from manyeyes.tasks.kept_json import StoredAnswer, kept_terms, shown_of, terms_of, text_of, told_of
from manyeyes.tasks.options import AnyOptions
from manyeyes.tasks.rules import Assurance, Contract, Ending, QueueTerms

SQL = Queries(__package__)
BLOB_BYTES_AT_ONCE = 32_000_000  # PostgreSQL takes 1 GB; a batch of recognition calls may bring more


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it was submitted; ``media``, ``callback_url`` may be empty. ``question_id`` 0: all is in `options`."""

    task_id: int
    account_id: int
    queue_id: int
    kind: str
    options: AnyOptions
    media: str
    soft_id: int
    ip: str
    website_url: str
    callback_url: str
    language_pool: str
    contract: Contract = Contract.COMPATIBLE
    question_id: int = 0
    job_id: int = 0
    line: int = 0  # its place in the job, from 1; 0 of a task by itself
    external_id: str = ""
    picture_url: str = ""
    marks: int = 0


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a task ended; ``text`` is empty unless it was solved, ``charged_micros`` 0 when it was released.

    ``name``: of the label that was chosen, where ``text`` is its number. ``answers``: that were paid for; of several
    ``worker_id`` is 0, and ``confidence`` how sure they are together.
    """

    task_id: int
    account_id: int
    queue_id: int
    soft_id: int
    ip: str
    created_at: datetime
    ending: Ending
    text: str
    media: str
    worker_id: int
    lease: int
    solve_count: int
    charged_micros: int
    pay_micros: int
    share_micros: int
    name: str = ""
    job_id: int = 0
    why: str = ""
    answers: int = 1
    assurance: Assurance = Assurance.ONE_WORD
    confidence: float | None = None
    is_proven: bool = False


class TaskOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A result as its customer may fetch it; ``age_seconds`` since its end, both by the database's clock.

    ``text``: what was typed, a token, the names of the labels that were chosen, or the JSON object of fields.
    """

    task_id: int
    account_id: int
    queue_id: int
    ip: str
    created_at: datetime
    ended_at: datetime
    ending: Ending
    text: str
    media: str
    solve_count: int
    charged_micros: int
    age_seconds: float


class Processing(msgspec.Struct, frozen=True):
    """A task that waits or is being answered."""


PROCESSING = Processing()


class Solved(msgspec.Struct, frozen=True):
    """Who solved a task, on which lease, with which text (``shown``: as people read it), for how many micros."""

    worker_id: int
    lease: int
    text: str
    shown: str
    pay_micros: int


class EndedTask(msgspec.Struct, frozen=True, kw_only=True):
    """How a task ended, as its customer's page shows it; ``solve_count``: workers who tried."""

    task_id: int
    queue_id: int
    created_at: datetime
    ended_at: datetime
    ending: Ending
    solve_count: int
    charged_micros: int


class OwnerShare(msgspec.Struct, frozen=True):
    """What of a task's charge went to the owner of its soft app."""

    task_id: int
    account_id: int
    soft_id: int
    ended_at: datetime
    share_micros: int


async def queues(db: asyncpg.Connection) -> dict[int, QueueTerms]:
    """Return all queues by id."""
    return _by_number(await db.fetch(SQL.queues))


async def lock_queues(tx: asyncpg.Connection, queue_ids: Sequence[int]) -> dict[int, QueueTerms]:
    """Return those of the queues that exist, by id, locked until they are changed."""
    return _by_number(await tx.fetch(SQL.lock_queues, queue_ids))


def _by_number(rows: Sequence[asyncpg.Record]) -> dict[int, QueueTerms]:
    found = read(QueueTerms, rows, default_terms=terms_of, audit_share=_share)
    return {queue.queue_id: queue for queue in found}


def _share(kept: float) -> float:
    """Return a share as it was set: the column holds fewer digits."""
    return round(kept, 6)


async def set_queue(
    db: asyncpg.Connection,
    queue_id: int,
    default_terms: PeopleTerms | None = None,
    audit_share: float | None = None,
    /,
    **terms: float | bool | str | None,
) -> bool:
    """Change the given terms of a queue; return whether it exists."""
    names = (
        *("price_micros", "pay_micros", "capacity", "lease_seconds", "marks"),
        *("vote_micros", "accepts_complaints", "life_seconds"),
    )
    given = [*(terms.get(name) for name in names), kept_terms(default_terms), audit_share]
    given += [terms.get(name) for name in ("floor", "gold_share", "guide")]
    return await db.fetchval(SQL.set_queue, queue_id, *given) is not None


async def add_queue(db: asyncpg.Connection, queue: QueueTerms) -> bool:
    """Open a queue; return False when its id or name is taken. Its gates: `dispatch.store.open_gates`."""
    terms = values(
        queue,
        *("queue_id", "name", "language", "price_micros", "pay_micros", "capacity", "lease_seconds", "marks"),
        *("vote_micros", "accepts_complaints", "life_seconds", "default_terms", "audit_share", "guide"),
        default_terms=lambda row: kept_terms(row.default_terms),
    )
    return await db.fetchval(SQL.add_queue, *terms) is not None


async def take_serials(db: asyncpg.Connection, cell: int, count: int) -> int:
    """Return the first of ``count`` fresh serials of a cell."""
    return int(await db.fetchval(SQL.take_serials, cell, count))


async def insert_tasks(tx: asyncpg.Connection, now: datetime, cell: int, tasks: Sequence[Task]) -> None:
    """Store tasks as they were submitted. Raises asyncpg.UniqueViolationError when one of them is stored."""
    found = columns(
        tasks,
        *("task_id", "account_id", "queue_id", "kind", "options", "media", "soft_id", "ip", "website_url"),
        *("callback_url", "language_pool", "contract", "question_id", "job_id", "line", "external_id", "picture_url"),
        "marks",
        options=lambda task: msgspec.json.encode(task.options).decode(),
    )
    await tx.execute(SQL.insert_tasks, cell, *found, now)


async def insert_blobs(tx: asyncpg.Connection, cell: int, day: date, blobs: Sequence[tuple[int, str, bytes]]) -> None:
    """Store pictures: (task_id, media, bytes) each."""
    for some in portions(blobs, BLOB_BYTES_AT_ONCE):
        await tx.execute(SQL.insert_blobs, cell, day, *zip(*some, strict=True))


def portions(blobs: Sequence[tuple[int, str, bytes]], most_bytes: int) -> Iterator[list[tuple[int, str, bytes]]]:
    """Yield the pictures in their order, as many at once as have ``most_bytes`` together; one at the least."""
    some: list[tuple[int, str, bytes]] = []
    size = 0
    for blob in blobs:
        if some and size + len(blob[2]) > most_bytes:
            yield some
            some, size = [], 0
        some.append(blob)
        size += len(blob[2])
    if some:
        yield some


async def blob(db: asyncpg.Connection, cell: int, day: date, task_id: int) -> tuple[str, bytes] | None:
    """Return (media, bytes); None when it is not or no longer kept."""
    row = await db.fetchrow(SQL.blob, cell, day, task_id)
    return (row["media"], row["bytes"]) if row else None


async def existing(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> set[int]:
    """Return which of the tasks are stored; asked when a command is tried again."""
    return {row["task_id"] for row in await tx.fetch(SQL.existing, cell, task_ids)}


async def progress(
    db: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, int]]
) -> list[TaskOutcome | Processing | None]:
    """Return for each (account, task) its outcome, that it is on its way, or None when the account has no such task."""
    rows = await db.fetch(SQL.progress, cell, list({task_id for _, task_id in keys}))
    found: dict[tuple[int, int], TaskOutcome | Processing] = {
        (row["account_id"], row["task_id"]): PROCESSING for row in rows
    }
    ended = [row for row in rows if row["ended_at"] is not None]
    found.update({(one.account_id, one.task_id): one for one in read(TaskOutcome, ended, text=told_of)})
    return [found.get(key) for key in keys]


async def endings(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, EndedTask]:
    """Return those of the tasks that have ended."""
    rows = await db.fetch(SQL.endings, cell, task_ids)
    return {task.task_id: task for task in read(EndedTask, rows)}


async def answered_leases(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Solved]:
    """Return who solved those of the tasks that were solved, by task; a repeated answer is recognised by it."""
    rows = await tx.fetch(SQL.answered_leases, cell, task_ids)
    return {r["task_id"]: _solved(r) for r in rows}


async def last_leases(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int], ending: Ending) -> dict[int, int]:
    """Return the number of the last lease of each of the tasks that ended like this."""
    return {r["task_id"]: r["lease"] for r in await tx.fetch(SQL.last_leases, cell, task_ids, ending)}


async def shares(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[OwnerShare]:
    """Return the shares in those of the tasks that have one, by task."""
    return read(OwnerShare, await tx.fetch(SQL.shares, cell, task_ids))


async def share_sums(db: asyncpg.Connection, cell: int, since: datetime) -> dict[int, int]:
    """Return the micros that went to each soft app since an instant, by the results."""
    return dict(await db.fetch(SQL.share_sums, cell, since, timeout=PROOF_SECONDS))


async def insert_results(tx: asyncpg.Connection, now: datetime, cell: int, results: Sequence[TaskResult]) -> None:
    """Store how tasks ended. Raises asyncpg.UniqueViolationError when one of them has ended before."""
    if not results:
        return
    found = columns(
        results,
        *("task_id", "account_id", "queue_id", "soft_id", "ip", "created_at", "ending", "answer", "media", "worker_id"),
        *("lease", "solve_count", "charged_micros", "pay_micros", "share_micros", "job_id", "why"),
        *("answers", "assurance", "confidence", "is_proven"),
        answer=_answer_json,
    )
    await tx.execute(SQL.insert_results, cell, now, *found)


def _solved(row: asyncpg.Record) -> Solved:
    answer = row["answer"]
    return Solved(
        worker_id=row["worker_id"],
        lease=row["lease"],
        text=text_of(answer),
        shown=shown_of(answer),
        pay_micros=row["pay_micros"],
    )


def _answer_json(result: TaskResult) -> str | None:
    if result.ending is not Ending.SOLVED:
        return None
    return msgspec.json.encode(StoredAnswer(result.text, result.name)).decode()
