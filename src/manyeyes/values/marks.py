"""Marks: topics that may upset, as queues and tasks carry them. One fixed list, one word (docs/decisions/0079)."""

import enum
import re
from collections.abc import Iterable, Sequence


class ContentMark(enum.IntEnum):
    """What pictures may show; several are one number together.

    The values are kept in the database: none is ever given to another topic.
    """

    VIOLENCE = 1
    GORE = 2
    SEXUAL = 4
    SELF_HARM = 8
    HATE = 16
    CHILD_SAFETY = 32
    DISTRESSING = 64


EVERY_MARK = sum(ContentMark)
_BETWEEN = re.compile(r"[\s,;]+")
MARK_NAMES = tuple(mark.name.lower() for mark in ContentMark)  # as contracts, files and the command line write them


def marks_named(names: Iterable[str]) -> int:
    """Return the marks of these names together. Raises ValueError with the names that there are for any other."""
    found = 0
    for name in names:
        if name not in MARK_NAMES:
            raise ValueError(f"{name[:40]!r} is no mark; there are {', '.join(MARK_NAMES)}")
        found |= ContentMark[name.upper()]
    return found


def marks_said(said: str | Sequence[str]) -> int:
    """Return marks as files say them: a list of names, or one text with commas or blanks between. Raises ValueError."""
    names = [name for name in _BETWEEN.split(said) if name] if isinstance(said, str) else said
    return marks_named(names)


def mark_names(marks: int) -> list[str]:
    """Return the names of marks, in the order of the list."""
    return [name for name, mark in zip(MARK_NAMES, ContentMark, strict=True) if marks & mark]
