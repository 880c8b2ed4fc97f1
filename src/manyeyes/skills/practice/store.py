"""Named queries of training sets, and of the tries of people who practise with them → frozen values."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read
from manyeyes.skills.training import MOST_PICTURES, Practice

SQL = Queries(__package__)
MOST_LOOKED_AT = 1_000  # gold of a queue, among which a set is chosen
Tried = tuple[int, int]  # worker, queue


class KnownTraining(msgspec.Struct, frozen=True, kw_only=True):
    """A queue's training set as it is now; ``pay_micros`` and ``lease_seconds``: the queue's, of a picture of it.

    ``saved``: of how many pictures it was made; of these ``task_ids`` are still here and not denied.
    """

    queue_id: int
    task_ids: tuple[int, ...]
    is_paid: bool
    pass_mark: float
    pay_micros: int
    lease_seconds: int
    saved: int


class NewTraining(msgspec.Struct, frozen=True):
    """A training set that an operator makes."""

    queue_id: int
    task_ids: tuple[int, ...]
    is_paid: bool
    pass_mark: float


class TrainingPicture(msgspec.Struct, frozen=True):
    """Gold that may be of a training set; ``options`` is JSON text."""

    queue_id: int
    task_id: int
    answer: str
    kind: str
    options: str


class PractisedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody gave to a picture of a training set, and what is right."""

    task_id: int
    text: str
    truth: str
    is_right: bool
    answered_at: datetime


async def set_trainings(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewTraining]) -> None:
    """Give queues their training sets."""
    if rows:
        found = columns(rows, "queue_id", "task_ids", "is_paid", "pass_mark", task_ids=lambda row: _array(row.task_ids))
        await tx.execute(SQL.set_trainings, cell, now, *found)


async def clear_trainings(tx: asyncpg.Connection, cell: int, queue_ids: Sequence[int]) -> None:
    """Take queues' training sets away; tries that are under way go on."""
    if queue_ids:
        await tx.execute(SQL.clear_trainings, cell, queue_ids)


async def trainings(db: asyncpg.Connection, cell: int, queue_ids: Collection[int]) -> dict[int, KnownTraining]:
    """Return the training sets of those of the queues that have one with pictures left, by queue."""
    rows = await db.fetch(SQL.trainings, cell, sorted(queue_ids))
    return {each.queue_id: each for each in read(KnownTraining, rows) if each.task_ids}


async def pictures(
    db: asyncpg.Connection, cell: int, wanted: Mapping[int, Sequence[int]]
) -> dict[int, list[TrainingPicture]]:
    """Return gold that people may practise with, by queue; ``wanted``: by queue the tasks, none: all of its gold."""
    found: defaultdict[int, list[TrainingPicture]] = defaultdict(list)
    if not wanted:
        return found
    named = [_array(task_ids) for task_ids in wanted.values()]
    for each in read(TrainingPicture, await db.fetch(SQL.pictures, cell, list(wanted), named, MOST_LOOKED_AT)):
        found[each.queue_id].append(each)
    return found


async def right_answers(db: asyncpg.Connection, cell: int, task_ids: Collection[int]) -> dict[int, str]:
    """Return what is right of those of the pictures that may still be asked."""
    rows = await db.fetch(SQL.right_answers, cell, sorted(task_ids)) if task_ids else []
    return {row["task_id"]: row["answer"] for row in rows}


async def barred(db: asyncpg.Connection, cell: int, people: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of the people, by (queue, worker), who are below the queue's floor."""
    rows = await db.fetch(SQL.barred, cell, *zip(*sorted(people), strict=True)) if people else []
    return {(row["queue_id"], row["worker_id"]) for row in rows}


async def lock_practices(tx: asyncpg.Connection, cell: int, worker_ids: Collection[int]) -> dict[Tried, Practice]:
    """Return the last try of each of these workers in each queue, locked."""
    rows = read(Practice, await tx.fetch(SQL.lock_practices, cell, sorted(worker_ids)))
    return {(each.worker_id, each.queue_id): each for each in rows}


async def save_practices(tx: asyncpg.Connection, cell: int, rows: Sequence[Practice]) -> None:
    """Write how far tries are; their workers' presences are locked."""
    if rows:
        found = columns(
            rows,
            *("worker_id", "queue_id", "tries", "given", "correct", "is_paid", "pass_mark", "pay_micros"),
            *("lease_seconds", "begun_at", "ended_at", "is_passed", "left_ids"),
            left_ids=lambda row: _array(row.left_ids),
        )
        await tx.execute(SQL.save_practices, cell, *found)


async def forget_tries(tx: asyncpg.Connection, cell: int, people: Sequence[Tried]) -> None:
    """Let people try anew; their tries are locked."""
    if people:
        await tx.execute(SQL.forget_tries, cell, *zip(*people, strict=True))


async def practices_of(db: asyncpg.Connection, cell: int, worker_id: int) -> dict[int, Practice]:
    """Return somebody's last try in each queue, by queue."""
    return {each.queue_id: each for each in read(Practice, await db.fetch(SQL.practices_of, cell, worker_id))}


async def practices_in(db: asyncpg.Connection, cell: int, queue_id: int, limit: int) -> list[Practice]:
    """Return the last tries of a queue's people, the newest first."""
    return read(Practice, await db.fetch(SQL.practices_in, cell, queue_id, limit))


async def practised(db: asyncpg.Connection, cell: int, practice: Practice) -> list[PractisedAnswer]:
    """Return what was given in a try, wrong ones first; of forgotten pictures nothing."""
    rows = await db.fetch(SQL.practised, cell, practice.worker_id, practice.queue_id, practice.begun_at)
    return read(PractisedAnswer, rows)[:MOST_PICTURES]


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
