"""Named queries of panels and of what people gave → frozen values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.panels.rules import Panel, PanelAnswer

SQL = Queries(__package__)


class NewPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A panel that opens with ``seats``, numbered from ``first_seat``; ``entered_at``: of a job's task."""

    task_id: int
    account_id: int
    queue_id: int
    job_id: int
    question_id: int
    terms: PeopleTerms
    first_seat: int
    seats: int
    bid_micros: int
    turn: int
    price_micros: int
    pay_micros: int
    held_micros: int
    share_micros: int | None
    lease_seconds: int
    life_seconds: int
    base_url: str
    media: str
    created_at: datetime
    entered_at: datetime | None


class NewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody gave on the seat ``answer_id``; ``took_ms``: from showing to answering."""

    answer_id: int
    task_id: int
    account_id: int
    queue_id: int
    question_id: int
    purpose: int
    worker_id: int
    lease: int
    answer: str
    price_micros: int
    pay_micros: int
    took_ms: int


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person gave to an item; ``text`` is empty when it is no longer kept."""

    task_id: int
    line: int
    external_id: str
    worker_id: int
    text: str
    answered_at: datetime


class LabelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A label that somebody gave; ``options`` is JSON text."""

    task_id: int
    worker_id: int
    text: str
    answered_at: datetime
    kind: str
    options: str


async def insert_panels(tx: asyncpg.Connection, cell: int, panels: Sequence[NewPanel]) -> None:
    """Open panels."""
    if not panels:
        return
    found = columns(
        panels,
        *("task_id", "account_id", "queue_id", "job_id", "question_id", "terms", "first_seat", "seats", "bid_micros"),
        *("turn", "price_micros", "pay_micros", "held_micros", "share_micros", "lease_seconds", "life_seconds"),
        *("base_url", "media", "created_at", "entered_at"),
        terms=lambda panel: msgspec.json.encode(panel.terms).decode(),
    )
    await tx.execute(SQL.insert_panels, cell, *found)


async def lock_panels(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Panel]:
    """Return those panels of the tasks that are not over, locked, by task."""
    return _panels(await tx.fetch(SQL.lock_panels, cell, task_ids))


async def panels(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Panel]:
    """Return the panels of those of the tasks that take several answers, by task."""
    return _panels(await db.fetch(SQL.panels, cell, task_ids))


async def save_panels(tx: asyncpg.Connection, cell: int, changed: Sequence[Panel]) -> None:
    """Save how far locked panels are."""
    if changed:
        found = columns(
            changed,
            *("task_id", "state", "seats", "open", "given", "failures", "asked"),
            asked=lambda panel: "{" + ",".join(map(str, panel.asked)) + "}",
        )
        await tx.execute(SQL.save_panels, cell, *found)


async def insert_answers(tx: asyncpg.Connection, now: datetime, cell: int, answers: Sequence[NewAnswer]) -> None:
    """Keep what people gave. Raises asyncpg.UniqueViolationError when a seat was answered before."""
    if answers:
        found = columns(
            answers,
            *("answer_id", "task_id", "account_id", "queue_id", "question_id", "purpose", "worker_id", "lease"),
            *("answer", "price_micros", "pay_micros", "took_ms"),
        )
        await tx.execute(SQL.insert_answers, cell, now, *found)


async def answers_of(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> defaultdict[int, list[PanelAnswer]]:
    """Return what people gave to tasks of several answers, by task, in the order of their seats."""
    found: defaultdict[int, list[PanelAnswer]] = defaultdict(list)
    for answer in read(PanelAnswer, await db.fetch(SQL.answers_of, cell, task_ids)):
        found[answer.task_id].append(answer)
    return found


async def answered_lately(db: asyncpg.Connection, cell: int, queue_id: int, seconds: float) -> int:
    """Return how many answers to tasks of several people a queue took in its last so many seconds."""
    return int(await db.fetchval(SQL.answered_lately, cell, queue_id, seconds))


async def lately_took(
    db: asyncpg.Connection, cell: int, worker_id: int, since: datetime, limit: int
) -> list[tuple[int, int]]:
    """Return in how many milliseconds somebody gave their newest timed answers, ``limit`` of each queue, by queue."""
    return [(row["queue_id"], row["took_ms"]) for row in await db.fetch(SQL.lately_took, cell, worker_id, since, limit)]


async def undecided_of(
    db: asyncpg.Connection, cell: int, people: Sequence[tuple[int, int]], limit: int
) -> list[PanelAnswer]:
    """Return what people gave, by (queue, worker), to tasks that are still asked of others."""
    return read(PanelAnswer, await db.fetch(SQL.undecided_of, cell, *zip(*people, strict=True), limit))


async def put_aside(tx: asyncpg.Connection, cell: int, answer_ids: Sequence[int]) -> None:
    """Take their votes from answers; their panels are locked."""
    await tx.execute(SQL.put_answers_aside, cell, answer_ids)


async def label_answers(
    db: asyncpg.Connection, cell: int, queue_id: int, since: datetime, kinds: Sequence[str]
) -> list[LabelAnswer]:
    """Return which labels people of a queue gave since an instant, in the order of their tasks."""
    return read(LabelAnswer, await db.fetch(SQL.label_answers, cell, queue_id, since, kinds))


async def passed_on(tx: asyncpg.Connection, cell: int, seats: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return, of those of the seats that were closed without an answer, who was asked about their task by then.

    A skip that closed its seat is recognised by it.
    """
    return {row["seat"]: frozenset(row["asked"]) for row in await tx.fetch(SQL.seats_of_panels, cell, seats)}


async def forget_answers(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Forget what people gave to ended tasks; all figures about it stay."""
    if task_ids:
        await tx.execute(SQL.forget_answers, cell, task_ids)


async def refute_answers(tx: asyncpg.Connection, now: datetime, cell: int, answer_ids: Sequence[int]) -> None:
    """Write that answers said what a result says that was refused."""
    if answer_ids:
        await tx.execute(SQL.refute_answers, cell, answer_ids, now)


async def answers_by_number(db: asyncpg.Connection, cell: int, answer_ids: Sequence[int]) -> dict[int, PanelAnswer]:
    """Return answers by the numbers of their seats; a repeated one is recognised by it."""
    rows = await db.fetch(SQL.answers_by_number, cell, answer_ids)
    return {answer.answer_id: answer for answer in read(PanelAnswer, rows)}


async def set_right(tx: asyncpg.Connection, cell: int, right: Mapping[int, bool]) -> None:
    """Keep of answers, by the numbers of their seats, whether they proved to be right: evidence for skills."""
    if right:
        await tx.execute(SQL.set_right, cell, *zip(*sorted(right.items()), strict=True))


async def item_answers(db: asyncpg.Connection, cell: int, job_id: int, *, after: int, until: int) -> list[ItemAnswer]:
    """Return what each person gave to the items on these lines that are done, by line, the first seat first."""
    return read(ItemAnswer, await db.fetch(SQL.item_answers, cell, job_id, after, until))


def _panels(rows: Sequence[asyncpg.Record]) -> dict[int, Panel]:
    found = read(Panel, rows, terms=_terms)
    return {panel.task_id: panel for panel in found}


def _terms(kept: str) -> PeopleTerms:
    return msgspec.json.decode(kept, type=PeopleTerms)


async def drop(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[int]:
    """Delete who was asked about tasks and what each gave; return the numbers of the answers."""
    await tx.execute(SQL.drop_panels, cell, task_ids)
    return [row["answer_id"] for row in await tx.fetch(SQL.drop_answers, cell, task_ids)]
