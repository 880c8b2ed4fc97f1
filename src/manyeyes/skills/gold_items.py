"""Named queries of gold: what there is of it, who may be asked which, and how lots were drawn → frozen values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns, read
from manyeyes.skills.store import SQL

ANY_GOLDEN = SQL.any_golden  # whether gold may be laid in a cell ($1)

MOST_ITEMS = 200  # of which one is chosen by lot; those that somebody had make room for the next


class NewGold(msgspec.Struct, frozen=True):
    """A task whose right answer a reviewer said, in its kind's one form."""

    task_id: int
    account_id: int
    queue_id: int
    question_id: int
    answer: str


class GoldenQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue in which gold may be laid: what it pays, how long a lease is; its floor, and the share for newcomers."""

    queue_id: int
    pay_micros: int
    lease_seconds: int
    floor: float | None
    gold_share: float | None
    marks: int = 0


class DueDraws(msgspec.Struct, frozen=True):
    """A locked presence: what they answered since they came; how many lots were ever drawn, and for which answers."""

    worker_id: int
    queues: tuple[int, ...]
    answered: int
    draws: int
    drawn: int

    @property
    def due(self) -> int:
        """Return for how many answers no lot was drawn; who came anew begins anew."""
        return self.answered - self.drawn if self.answered >= self.drawn else self.answered


class GoldStanding(msgspec.Struct, frozen=True):
    """How often somebody was asked gold in a queue, and how much they are doubted there, from 0 to 1."""

    queue_id: int
    worker_id: int
    gold_asked: int
    suspicion: float


class GoldItem(msgspec.Struct, frozen=True):
    """Gold that a worker may be asked."""

    worker_id: int
    task_id: int
    answer: str
    kind: str


class SeenGold(msgspec.Struct, frozen=True):
    """Gold on somebody's desk, under the number of the work there."""

    worker_id: int
    task_id: int
    queue_id: int
    work_id: int


class PassedGold(msgspec.Struct, frozen=True):
    """Gold that somebody passed on: on which lease, under the number of the work."""

    worker_id: int
    task_id: int
    work_id: int
    lease: int


async def admit_gold(tx: asyncpg.Connection, now: datetime, cell: int, task_ids: Sequence[int]) -> None:
    """Make those of the tasks gold whose right answers their customers gave; asked once they have ended."""
    if task_ids:
        await tx.execute(SQL.admit_gold, cell, now, task_ids)


async def insert_gold(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewGold]) -> None:
    """Make gold of what reviewers decided; what is gold already stays as it is."""
    if rows:
        found = columns(rows, "task_id", "account_id", "queue_id", "question_id", "answer")
        await tx.execute(SQL.insert_gold, cell, now, *found)


async def golden_queues(tx: asyncpg.Connection, cell: int) -> dict[int, GoldenQueue]:
    """Return the queues in which gold may be laid now."""
    return {each.queue_id: each for each in read(GoldenQueue, await tx.fetch(SQL.golden_queues, cell))}


async def lock_drawing(
    tx: asyncpg.Connection, cell: int, queue_ids: Sequence[int], limit: int, most_held: int
) -> list[DueDraws]:
    """Return present workers for whose answers lots are due, who hold at most ``most_held``, locked."""
    return read(DueDraws, await tx.fetch(SQL.lock_drawing, cell, queue_ids, limit, most_held))


async def laid_aside(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> set[int]:
    """Return those of the workers who have laid gold aside and may take it back; their presences are locked."""
    return {row["worker_id"] for row in await tx.fetch(SQL.gold_laid_aside, cell, worker_ids)}


async def save_draws(tx: asyncpg.Connection, cell: int, drawn: Sequence[DueDraws]) -> None:
    """Remember that all lots that were due are drawn; the presences are locked."""
    draws = [each.draws + each.due for each in drawn]
    await tx.execute(SQL.save_draws, cell, [d.worker_id for d in drawn], draws, [d.answered for d in drawn])


async def gold_had(db: asyncpg.Connection, cell: int, worker_id: int, since: datetime) -> tuple[int, int]:
    """Return how much gold somebody had since an instant, and how much of it they passed on."""
    (row,) = await db.fetch(SQL.gold_had, cell, worker_id, since)
    return row["laid"], row["passed"]


async def standings(
    tx: asyncpg.Connection, cell: int, people: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], GoldStanding]:
    """Return where people stand, by (queue, worker); of those who were never checked nothing."""
    rows = await tx.fetch(SQL.standings, cell, *zip(*people, strict=True)) if people else []
    return {(each.queue_id, each.worker_id): each for each in read(GoldStanding, rows)}


async def unseen_gold(
    tx: asyncpg.Connection, now: datetime, cell: int, wanted: Mapping[int, tuple[int, Sequence[int]]]
) -> list[GoldItem]:
    """Return gold that workers never had, in the order of their ids; ``wanted``: by worker the queue and its questions.

    No questions: of any. At most `MOST_ITEMS` for each.
    """
    if not wanted:
        return []
    questions = ["{" + ",".join(map(str, asked)) + "}" for _, asked in wanted.values()]
    queues = [queue_id for queue_id, _ in wanted.values()]
    return read(GoldItem, await tx.fetch(SQL.unseen_gold, cell, list(wanted), queues, questions, MOST_ITEMS, now))


async def insert_seen(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[SeenGold]) -> None:
    """Remember what was laid on desks."""
    if rows:
        await tx.execute(SQL.insert_seen, cell, now, *columns(rows, "worker_id", "task_id", "queue_id", "work_id"))


async def note_passed(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[PassedGold]) -> None:
    """Remember which gold people passed on; of other tasks `work` keeps it."""
    if rows:
        await tx.execute(SQL.set_passed, cell, now, *columns(rows, "worker_id", "task_id", "work_id", "lease"))


async def passed_gold(
    tx: asyncpg.Connection, now: datetime, cell: int, numbers: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Return by whom, and on which lease, those of the works were passed on that were gold.

    Only while another task in its place would still be open: a repeated skip must not tell one from the other.
    """
    rows = await tx.fetch(SQL.passed_gold, cell, numbers, now) if numbers else []
    return {row["work_id"]: (row["worker_id"], row["passed_lease"]) for row in rows}


async def gold_of_queue(db: asyncpg.Connection, cell: int, queue_id: int) -> list[int]:
    """Return the tasks that are gold of a queue and not put aside."""
    return [row["task_id"] for row in await db.fetch(SQL.gold_of_queue, cell, queue_id)]


async def gold_answers(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, str]:
    """Return the right answers of those of the tasks that are gold."""
    return {row["task_id"]: row["answer"] for row in await tx.fetch(SQL.gold_answers, cell, task_ids)}
