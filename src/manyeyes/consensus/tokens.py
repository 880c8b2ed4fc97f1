"""Texts cut into what is voted on one by one: characters as people see them, or words."""

import re

import msgspec

from manyeyes.consensus.likeness import likeness
from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.values.text.code_points import CLASSES


class Token(msgspec.Struct, frozen=True):
    """A part of a text as it is written, with the blank before it; tokens with equal ``key`` are alike."""

    text: str
    key: str


def characters(text: str) -> list[Token]:
    """Return a text's characters: a letter with its marks, an emoji of several parts, a pair that is a flag are one."""
    return [Token(found, likeness(_ANY_CASE, found) or found) for found in _CHARACTERS.findall(text)]


def words(text: str) -> list[Token]:
    """Return a text's words; signs at their ends do not count. Scripts without blanks are cut into characters."""
    return [Token(found, _word_key(found)) for found in _WORDS.findall(text)]


def _word_key(text: str) -> str:
    key = likeness(_ANY_CASE, text)
    return _OUTER.sub("", key) or key or text


def _set(*names: str) -> str:
    ends = [part.split("-") for name in names for part in CLASSES[name].split(" ")]
    return "".join("-".join(re.escape(chr(int(end, 16))) for end in pair) for pair in ends)


_ANY_CASE = Shape(kind=ShapeKind.TEXT)
_BEHIND = f"[{_set('mark', 'variation', 'shape', 'gap', 'tag')}\U0001f3fb-\U0001f3ff]"
_CHARACTER = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|(?s:.)){_BEHIND}*(?:\u200d(?s:.){_BEHIND}*|\u200c)*"
# Ideographs, kana, Thai, Lao, Burmese, Khmer: nothing tells where a word ends.
_WITHOUT_BLANKS = f"{_set('ideograph')}\u3041-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_CHARACTERS = re.compile(_CHARACTER)
_WORDS = re.compile(rf"\s*(?:(?=[{_WITHOUT_BLANKS}]){_CHARACTER}|[^\s{_WITHOUT_BLANKS}]+)|\s+")
_OUTER = re.compile(r"^[\W_]+|[\W_]+$")
