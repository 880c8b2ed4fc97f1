"""What a job's results have in every file: a row for each line, and the names above them. Pure."""

from datetime import datetime
from decimal import Decimal

import msgspec

LEADING = ("line", "external_id", "state")
TRAILING = ("text", "answers", "from", "failure", "cost", "refunded", "ended_at", "task_id")
MICRO = Decimal(1).scaleb(-6)


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line.

    ``cells``: the answer's value for each of its columns (str, Decimal, list, None). ``text``: as people read it.
    ``answers``: how many people gave one; ``source``: whose it is. Empty texts are told as nothing. Money in micros.
    """

    line: int
    external_id: str
    state: str
    cells: list[object]
    text: str
    answers: int
    source: str
    failure: str
    cost_micros: int
    refunded_micros: int
    ended_at: datetime | None
    task_id: int


def column_names(answers: list[str]) -> list[str]:
    """Return the names of all columns; an answer's column that is called like another one is ``value.<name>``."""
    taken = {*LEADING, *TRAILING}
    return [*LEADING, *(f"value.{name}" if name in taken else name for name in answers), *TRAILING]
