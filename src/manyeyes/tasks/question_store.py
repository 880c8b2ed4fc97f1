"""Named queries of questions → frozen values."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.db.rows import columns, read
from manyeyes.tasks.store import SQL


class NewQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is asked; ``options_json`` by its kind, ``examples`` JSON text."""

    question_id: int
    account_id: int
    kind: str
    options_json: str
    instructions: str = ""
    examples: str = "[]"

    def digest(self) -> bytes:
        """Return what tells two questions of an account apart."""
        parts = (self.kind, self.options_json, self.instructions, self.examples)
        return hashlib.sha256("\0".join(parts).encode()).digest()


class HeldQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is stored; ``options`` is JSON text by its kind, ``examples`` too."""

    question_id: int
    kind: str
    options: str
    instructions: str
    examples: str


async def held(db: asyncpg.Connection, cell: int, question_ids: Sequence[int]) -> dict[int, HeldQuestion]:
    """Return those of the questions that there are, by number."""
    rows = await db.fetch(SQL.questions_held, cell, question_ids)
    return {question.question_id: question for question in read(HeldQuestion, rows)}


async def insert_questions(tx: asyncpg.Connection, now: datetime, cell: int, questions: Sequence[NewQuestion]) -> None:
    """Store those of the questions that their accounts have not asked before."""
    found = columns(
        sorted(questions, key=lambda asked: (asked.account_id, asked.digest())),
        *("question_id", "account_id", "digest", "kind", "options_json", "instructions", "examples"),
        digest=_digest,
    )
    await tx.execute(SQL.insert_questions, cell, now, *found)


async def held_as(tx: asyncpg.Connection, cell: int, questions: Sequence[NewQuestion]) -> dict[int, int]:
    """Return the number under which each of the questions is stored."""
    rows = await tx.fetch(SQL.held_questions, cell, *columns(questions, "account_id", "digest", digest=_digest))
    found = {(row["account_id"], row["digest"]): row["question_id"] for row in rows}
    return {q.question_id: found[q.account_id, q.digest()] for q in questions}


def _digest(question: Any) -> bytes:
    digest: bytes = question.digest()
    return digest
