"""Named queries of questions → frozen values."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.rows import read_one
from manyeyes.tasks.store import SQL


class NewQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is asked; ``options_json`` by its kind."""

    question_id: int
    account_id: int
    kind: str
    options_json: str
    instructions: str = ""

    def digest(self) -> bytes:
        """Return what tells two questions of an account apart."""
        return hashlib.sha256("\0".join((self.kind, self.options_json, self.instructions)).encode()).digest()


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it is stored; ``options`` is JSON text by its kind."""

    question_id: int
    account_id: int
    kind: str
    options: str
    instructions: str


async def question(db: asyncpg.Connection, cell: int, question_id: int) -> AskedQuestion | None:
    """Return a question; None when there is none."""
    return read_one(AskedQuestion, await db.fetchrow(SQL.question, cell, question_id))


async def hold(tx: asyncpg.Connection, now: datetime, cell: int, asked: Sequence[NewQuestion]) -> dict[int, int]:
    """Store questions, or find the same ones of before; return the stored one's number by the one offered."""
    found: dict[int, int] = {}
    for each in sorted(asked, key=lambda one: (one.account_id, one.digest())):
        values = (each.question_id, each.account_id, each.digest(), each.kind, each.options_json, each.instructions)
        found[each.question_id] = int(await tx.fetchval(SQL.hold_question, cell, now, *values))
    return found
