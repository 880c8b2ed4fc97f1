"""A job's items as rows of tasks: taken in, dropped again, and what became of each, in the order of their lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import PROOF_SECONDS
from manyeyes.db.rows import read
from manyeyes.tasks.kept_json import shown_of, text_of
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.rules import IMAGE_TO_TEXT, Assurance, Ending
from manyeyes.tasks.store import SQL


class ItemOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an item. ``work_state`` is None unless it is in its queue, ``ending`` None until it ended.

    ``answer`` of a solved one, ``shown`` as people read it; both are empty when it is no longer kept. ``answers``: how
    many people gave one; ``assurance``: what the result stands on.
    """

    task_id: int
    line: int
    external_id: str
    work_state: int | None
    ending: Ending | None
    answer: str
    shown: str
    answers: int
    assurance: Assurance | None
    confidence: float | None
    is_proven: bool
    charged_micros: int
    refunded_micros: int
    ended_at: datetime | None


async def known_items(tx: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which of (job, external_id) are there."""
    job_ids, external_ids = [key[0] for key in keys], [key[1] for key in keys]
    rows = await tx.fetch(SQL.known_items, cell, job_ids, external_ids)
    return {(row["job_id"], row["external_id"]) for row in rows}


async def delete_items(tx: asyncpg.Connection, cell: int, job_id: int, first: int, last: int) -> None:
    """Delete the items of a job from one line to another with their pictures and truths; none of them has entered."""
    days = defaultdict(list)
    for row in await tx.fetch(SQL.delete_items, cell, job_id, first, last):
        days[row["created_at"].date()].append(row["task_id"])
    for day, task_ids in days.items():  # one statement a day, so that each looks at one partition
        await tx.execute(SQL.delete_blobs, cell, day, task_ids)
        await tx.execute(SQL.delete_truths, cell, task_ids)


async def ended_lines(tx: asyncpg.Connection, cell: int, job_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the lines of each of the jobs that have ended."""
    found = defaultdict(list)
    for row in await tx.fetch(SQL.ended_lines, cell, job_ids):
        found[row["job_id"]].append(row["line"])
    return dict(found)


async def delete_ends(tx: asyncpg.Connection, cell: int, job_id: int, first: int, last: int) -> None:
    """Delete how the items of a draft ended from one line to another; they were cancelled, and nothing was held."""
    await tx.execute(SQL.delete_ends, cell, job_id, first, last)


async def insert_truths(tx: asyncpg.Connection, cell: int, truths: Iterable[tuple[int, str]]) -> None:
    """Keep the right answers of tasks where they are known: (task_id, text) each."""
    rows = list(truths)
    if rows:
        await tx.execute(SQL.insert_truths, cell, *zip(*rows, strict=True))


async def item_outcomes(db: asyncpg.Connection, cell: int, job_id: int, *, after: int, until: int) -> list[ItemOutcome]:
    """Return the items on the lines behind ``after`` up to ``until``, by line."""
    rows = await db.fetch(SQL.item_outcomes, cell, job_id, after, until)
    return read(ItemOutcome, rows, answer=text_of, shown=shown_of)


async def has_truths(tx: asyncpg.Connection, cell: int, job_id: int) -> bool:
    """Tell whether right answers of some of a job's items are kept."""
    return bool(await tx.fetchval(SQL.has_truths, cell, job_id))


async def ask_anew(
    tx: asyncpg.Connection,
    cell: int,
    job_id: int,
    *,
    queue_id: int,
    question_id: int,
    kind: str,
    options: str,
    said: str,
) -> None:
    """Let all items of a draft ask another question; ``said``: the words of the one before, ``options``: JSON text.

    What was said of one item alone follows the words of the question, and stays.
    """
    words = picture_options(kind, options).comment
    member = "comment" if kind == IMAGE_TO_TEXT else "words"
    await tx.execute(
        SQL.ask_anew, cell, job_id, queue_id, question_id, kind, options, said, words, member, timeout=PROOF_SECONDS
    )
