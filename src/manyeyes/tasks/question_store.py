"""Named queries of the questions that customers ask over /v1, with their instructions and examples → frozen values."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import columns, read
from manyeyes.tasks.store import SQL


class ExampleRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """An example as it is stored: its answer as a text, why it is so; ``picture``: whether there is one."""

    answer: str
    words: str = ""
    picture: bool = False


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is stored; ``options`` and ``examples`` (a list of `ExampleRow`) are JSON text."""

    question_id: int
    account_id: int
    digest: bytes
    kind: str
    options: str
    instructions: str
    examples: str


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as people and its customer read it; ``options`` is JSON text."""

    question_id: int
    account_id: int
    kind: str
    options: str
    instructions: str
    examples: tuple[ExampleRow, ...]

    @property
    def is_explained(self) -> bool:
        """Tell whether there is something to read before the first task."""
        return bool(self.instructions or self.examples)


class ExamplePicture(msgspec.Struct, frozen=True):
    """The picture of example ``n`` (from 0) of a question."""

    question_id: int
    n: int
    media: str
    data: bytes


async def known(tx: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, bytes]]) -> dict[tuple[int, bytes], int]:
    """Return the questions that are stored already, by (account, digest)."""
    account_ids, digests = [key[0] for key in keys], [key[1] for key in keys]
    rows = await tx.fetch(SQL.known_questions, cell, account_ids, digests)
    return {(row["account_id"], bytes(row["digest"])): row["question_id"] for row in rows}


async def insert(tx: asyncpg.Connection, now: datetime, cell: int, questions: Sequence[QuestionRow]) -> set[int]:
    """Store questions; return those that are new. Of two alike, here or in another transaction, one is stored."""
    found = columns(questions, "question_id", "account_id", "digest", "kind", "options", "instructions", "examples")
    return {row["question_id"] for row in await tx.fetch(SQL.insert_questions, cell, *found, now)}


async def insert_pictures(tx: asyncpg.Connection, cell: int, pictures: Sequence[ExamplePicture]) -> None:
    """Store examples' pictures."""
    if pictures:
        await tx.execute(SQL.insert_question_pictures, cell, *columns(pictures, "question_id", "n", "media", "data"))


async def question(db: asyncpg.Connection, cell: int, question_id: int) -> AskedQuestion | None:
    """Return a question; None when there is none."""
    return (await questions(db, cell, [question_id])).get(question_id)


async def questions(db: asyncpg.Connection, cell: int, question_ids: Sequence[int]) -> dict[int, AskedQuestion]:
    """Return those of the questions that are there, by number."""
    found = read(AskedQuestion, await db.fetch(SQL.asked_questions, cell, question_ids), examples=_examples.decode)
    return {question.question_id: question for question in found}


async def picture(db: asyncpg.Connection, cell: int, question_id: int, n: int) -> tuple[str, bytes] | None:
    """Return (media, bytes) of an example's picture; None when it has none."""
    row = await db.fetchrow(SQL.question_picture, cell, question_id, n)
    return (row["media"], row["bytes"]) if row else None


async def media(db: asyncpg.Connection, cell: int, question_id: int) -> dict[int, str]:
    """Return which of a question's examples have pictures, with their media."""
    return dict(await db.fetch(SQL.question_media, cell, question_id))


async def explained(db: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bool]:
    """Return of (worker, question) each those where there is something to read: whether the worker went past it."""
    worker_ids, question_ids = [key[0] for key in keys], [key[1] for key in keys]
    rows = await db.fetch(SQL.explained_questions, cell, worker_ids, question_ids)
    return {(row["worker_id"], row["question_id"]): row["seen"] for row in rows}


async def note_seen(tx: asyncpg.Connection, now: datetime, cell: int, keys: Sequence[tuple[int, int]]) -> None:
    """Keep that workers went past what there is to read of questions: (worker, question) each."""
    if keys:
        await tx.execute(SQL.note_questions_seen, cell, [key[0] for key in keys], [key[1] for key in keys], now)


_examples = msgspec.json.Decoder(tuple[ExampleRow, ...])
