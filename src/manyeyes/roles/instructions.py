"""What people read before the first task of a question, and again when they want: for workers and reviewers alike."""

import enum
import re
from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store as questions
from manyeyes.tasks.options import PictureOptions, picture_options, shown_parts, shown_text
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
    """``answer``: as it is stored; ``shown``: as people read it; ``media``: of its picture, empty for none.

    ``parts``: of several fields each one's name and what people read; nothing of other kinds.
    """

    answer: str
    shown: str
    words: str
    media: str
    parts: tuple[tuple[str, str], ...] = ()


class Instructions(msgspec.Struct, frozen=True, kw_only=True):
    """A question with all that is said about it."""

    key: QuestionKey
    kind: str
    options: PictureOptions
    text: str
    examples: tuple[Example, ...]

    @property
    def is_something(self) -> bool:
        """Tell whether there is anything to read."""
        return bool(self.text or self.examples)


class Reading(enum.Enum):
    """What there is to read about a question for a worker."""

    NOTHING = 0
    READ = 1
    UNREAD = 2


class ReadBefore:
    """Tells what workers have still to read before a question's first task.

    What is read, and what says nothing, stays so: questions never change. That is remembered, up to a limit.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[int, int, int], Reading] = {}

    async def of(self, key: QuestionKey | None, worker_id: int) -> Reading:
        """Return what there is for the worker to read about a question; nothing of none."""
        if key is None:
            return Reading.NOTHING
        asked = (key.cell, worker_id, key.question_id)
        if asked in self._known:
            return self._known[asked]
        found = await self._context.batcher.read(_reading, key.cell, (worker_id, key.question_id))
        if found is not Reading.UNREAD:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[asked] = found
        return found


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
        Example(
            each.answer,
            shown_text(options, each.answer),
            each.words,
            media.get(n, ""),
            tuple(shown_parts(options, each.answer)),
        )
        for n, each in enumerate(found.examples)
    ]
    return Instructions(key=key, kind=found.kind, options=options, text=found.instructions, examples=tuple(examples))


async def _reading(db: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, int]]) -> list[Reading]:
    """Return of (worker, question) each what there is to read; a batched read."""
    seen = await questions.explained(db, cell, list(set(keys)))
    return [Reading.NOTHING if key not in seen else Reading.READ if seen[key] else Reading.UNREAD for key in keys]
