"""An answer as a reviewer reads it: digits set apart from letters, and the signs that look alike called by their names.

The page's script does the same (static/reviewer/glyphs.js); a test holds both to the same cases.
"""

import re
from collections.abc import Mapping

import msgspec

from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.questions import TextOptions
from manyeyes.tasks.rules import ImageOptions

ALIKE: Mapping[str, str] = {
    "0": "glyph.zero",
    "O": "glyph.capital_o",
    "1": "glyph.one",
    "l": "glyph.small_l",
    "I": "glyph.capital_i",
    "|": "glyph.bar",
}
MIDDLE, LONG = 14, 40  # characters above which the answer is written smaller
_RUNS = re.compile(r"[0-9]+|[^0-9]+")


class Run(msgspec.Struct, frozen=True):
    """A piece of an answer; ``is_digits``: of digits only, beside letters from which they are set apart."""

    text: str
    is_digits: bool


def runs(text: str) -> list[Run]:
    """Split the text into runs of digits and of other characters; together they are the text."""
    pieces = _RUNS.findall(text)
    is_mixed = any(character.isalpha() for character in text)
    return [Run(piece, is_mixed and piece[0] in "0123456789") for piece in pieces]


def alike(options: PictureOptions | TextOptions, text: str) -> list[tuple[str, str]]:
    """Return (character, key of its name) of every character that is easily taken for another, each once, in order.

    Where only digits are wanted, or a label was chosen, nothing can be mistaken.
    """
    if not isinstance(options, (ImageOptions, TextOptions)) or options.numeric == 1:
        return []
    return [(sign, ALIKE[sign]) for sign in dict.fromkeys(text) if sign in ALIKE]


def length(text: str) -> str:
    """Return how large the answer can be written: short, middle or long."""
    return "long" if len(text) > LONG else "middle" if len(text) > MIDDLE else "short"
