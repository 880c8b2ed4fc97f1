"""What a job's results, and each person's answers, have in every file: rows, and the names above them. Pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import msgspec

MICRO = Decimal(1).scaleb(-6)
OUTCOMES = (
    ("line", "external_id", "state"),
    (
        "text",
        "answers",
        "confidence",
        "proven",
        "uncertain",
        "from",
        "failure",
        "cost",
        "refunded",
        "ended_at",
        "task_id",
    ),
)
ANSWERS = (("line", "external_id", "person"), ("at", "task_id"))  # names before the answer's columns, and behind them


class FileRow(Protocol):
    """A row of a file: what stands before the answer's columns, in them, and behind them. None: nothing is there."""

    @property
    def leading(self) -> tuple[object, ...]:
        """Return the values before the answer's."""

    @property
    def cells(self) -> Sequence[object]:
        """Return the answer's values: str, Decimal, list, None."""

    @property
    def trailing(self) -> tuple[object, ...]:
        """Return the values behind the answer's; money as a decimal with six digits."""


class PersonsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person gave to one line; ``person``: how the customer sees them (values/pseudonyms.py)."""

    line: int
    external_id: str
    person: str
    cells: list[object]
    at: datetime
    task_id: int

    @property
    def leading(self) -> tuple[object, ...]:
        """Return the values before the answer's."""
        return self.line, self.external_id, self.person

    @property
    def trailing(self) -> tuple[object, ...]:
        """Return the values behind the answer's."""
        return self.at, self.task_id


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line.

    ``cells``: the answer's value for each of its columns. ``text``: as people read it. ``answers``: how many people
    gave one, ``given``: each; ``source``: whose it is. Empty texts are told as nothing. Money in micros.
    """

    line: int
    external_id: str
    state: str
    cells: list[object]
    text: str
    answers: int
    confidence: float | None
    is_proven: bool
    is_uncertain: bool
    source: str
    failure: str
    cost_micros: int
    refunded_micros: int
    ended_at: datetime | None
    task_id: int
    given: Sequence[PersonsAnswer] = ()

    @property
    def leading(self) -> tuple[object, ...]:
        """Return the values before the answer's."""
        return self.line, self.external_id, self.state

    @property
    def trailing(self) -> tuple[object, ...]:
        """Return the values behind the answer's."""
        return (
            *(self.text or None, self.answers, self.confidence, self.is_proven, self.is_uncertain),
            *(self.source or None, self.failure or None, self.cost_micros * MICRO, self.refunded_micros * MICRO),
            *(self.ended_at, self.task_id),
        )


Layout = tuple[tuple[str, ...], tuple[str, ...]]


def column_names(answers: list[str], layout: Layout = OUTCOMES) -> list[str]:
    """Return the names of all columns; an answer's column that is called like another one is ``value.<name>``."""
    leading, trailing = layout
    taken = {*leading, *trailing}
    return [*leading, *(f"value.{name}" if name in taken else name for name in answers), *trailing]
