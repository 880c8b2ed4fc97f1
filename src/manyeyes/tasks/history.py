"""Tasks in retrospect: what was asked, how they ended, what they cost."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read
from manyeyes.tasks.options import NAMED_KINDS, answer_name, picture_options
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.store import SQL, answered_leases


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """A task as a report on it finds it; ``ended_at`` and ``ending`` are None while it is under way."""

    task_id: int
    account_id: int
    queue_id: int
    kind: str
    ended_at: datetime | None
    ending: Ending | None
    worker_id: int


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What an ended task cost, and under what it is counted."""

    task_id: int
    account_id: int
    queue_id: int
    soft_id: int
    ip: str
    ended_at: datetime
    charged_micros: int
    job_id: int


class TaskQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, without who asked; ``options`` is JSON text. ``kept``: its picture and words are here."""

    task_id: int
    kind: str
    options: str
    media: str
    created_at: datetime
    kept: bool
    question_id: int = 0
    marks: int = 0  # its own, beside its queue's


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What a task's end is told and counted by; ``options`` is JSON text."""

    task_id: int
    kind: str
    options: str
    soft_id: int
    ip: str
    callback_url: str
    marks: int = 0


async def lives(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Life]:
    """Return those of the tasks that exist, with how they ended."""
    found = read(Life, await tx.fetch(SQL.lives, cell, task_ids))
    ended = {life.task_id: life for life in found if life.ended_at is not None}
    return {
        life.task_id: msgspec.structs.replace(ended.get(life.task_id, life), kind=life.kind)
        for life in found
        if life.kind
    }


async def own_tasks(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> set[int]:
    """Return which of the tasks came over /v1: their ends are told in its words."""
    return {row["task_id"] for row in await db.fetch(SQL.own_tasks, cell, task_ids)}


async def charges(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Charge]:
    """Return what those of the tasks that have ended cost, by task."""
    return {charge.task_id: charge for charge in read(Charge, await tx.fetch(SQL.charges, cell, task_ids))}


async def questions(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, TaskQuestion]:
    """Return what the tasks asked, by task."""
    return {asked.task_id: asked for asked in read(TaskQuestion, await db.fetch(SQL.questions, cell, task_ids))}


def shown_answer(asked: TaskQuestion, text: str) -> str:
    """Return one person's answer as people read it: labels by their names."""
    return (answer_name(picture_options(asked.kind, asked.options), text) if asked.kind in NAMED_KINDS else "") or text


async def origins(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Origin]:
    """Return what the tasks' ends are told and counted by, by task."""
    return {origin.task_id: origin for origin in read(Origin, await db.fetch(SQL.origins, cell, task_ids))}


async def answers(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, str]:
    """Return the answers of those of the tasks that were solved as people read them: labels by their names."""
    solved = await answered_leases(db, cell, task_ids)
    return {task_id: each.shown for task_id, each in solved.items() if each.shown}
