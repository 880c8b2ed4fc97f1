"""What people read before the first task of a question, and again when they want: for workers and reviewers alike."""

import re
from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store as questions
from manyeyes.tasks.options import PictureOptions, picture_options, shown_text
from manyeyes.tasks.question_store import AskedQuestion

_KEY = re.compile(r"([0-9]{1,9})-([0-9]{1,18})")
MOST_REMEMBERED = 100_000


class QuestionKey(msgspec.Struct, frozen=True):
    """A stored question of a cell; its text names it to people's programs."""

    cell: int
    question_id: int

    def __str__(self) -> str:
        return f"{self.cell}-{self.question_id}"


class Example(msgspec.Struct, frozen=True):
    """``answer``: as it is stored; ``shown``: as people read it; ``media``: of its picture, empty for none."""

    answer: str
    shown: str
    words: str
    media: str


class Instructions(msgspec.Struct, frozen=True, kw_only=True):
    """A question with all that is said about it."""

    key: QuestionKey
    kind: str
    options: PictureOptions
    text: str
    examples: tuple[Example, ...]


class ReadBefore:
    """Tells which of a question's instructions a worker has still to go past.

    That there is nothing to read for somebody stays so: questions never change. It is remembered, up to a limit.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: set[tuple[int, int, int]] = set()

    async def is_unread(self, key: QuestionKey, worker_id: int) -> bool:
        """Tell whether there is something to read that the worker has not gone past."""
        known = (key.cell, worker_id, key.question_id)
        if not key.question_id or known in self._known:
            return False
        if await self._context.batcher.read(_unread, key.cell, (worker_id, key.question_id)):
            return True
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known.add(known)
        return False


async def instructions(context: Context, key: QuestionKey) -> Instructions | None:
    """Return what is said about a question; None when there is no such question."""
    async with context.cells.pool(key.cell).acquire() as db:
        found = await questions.question(db, key.cell, key.question_id)
        if found is None:
            return None
        media = await questions.media(db, key.cell, key.question_id)
    return _read(key, found, media)


def parse_question(text: str) -> QuestionKey | None:
    """Return the question that ``cell-number`` names; None for any other text."""
    found = _KEY.fullmatch(text)
    return QuestionKey(*map(int, found.groups())) if found else None


def _read(key: QuestionKey, found: AskedQuestion, media: dict[int, str]) -> Instructions:
    options = picture_options(found.kind, found.options)
    examples = [
        Example(each.answer, shown_text(options, each.answer), each.words, media.get(n, ""))
        for n, each in enumerate(found.examples)
    ]
    return Instructions(key=key, kind=found.kind, options=options, text=found.instructions, examples=tuple(examples))


async def _unread(db: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, int]]) -> list[bool]:
    """Return of (worker, question) each whether there is something left to read; a batched read."""
    found = await questions.unread(db, cell, list(set(keys)))
    return [key in found for key in keys]
