"""The kinds of answer that /v1 and jobs may ask for beside a text, and what is stored of a question of each.

A ``text`` is stored as the compatible contracts' kind (`rules.IMAGE_TO_TEXT`), so that both see the same task.
"""

from decimal import Decimal

import msgspec

TEXT = "text"
NUMBER = "number"
LABEL = "label"
LABELS = "labels"
FIELDS = "fields"
OWN_KINDS = frozenset({NUMBER, LABEL, LABELS, FIELDS})


class WordedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What every question says: its words, and ``name`` where it is one of several fields (else empty)."""

    comment: str = msgspec.field(default="", name="words")
    name: str = ""


class TextOptions(WordedQuestion, tag_field="kind", tag=TEXT, frozen=True, kw_only=True):
    """A text: as `rules.ImageOptions`."""

    phrase: bool = False
    case: bool = True
    numeric: int = 0
    math: bool = False
    min_length: int = 0
    max_length: int = 0


class NumberOptions(WordedQuestion, tag_field="kind", tag=NUMBER, frozen=True, kw_only=True):
    """A number in ``unit`` with at most ``decimals`` digits behind the point (None: any), from ``min`` to ``max``.

    ``tolerance``: several people's answers that differ by so much at most are alike (None: by nothing).
    """

    unit: str = ""
    decimals: int | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    tolerance: Decimal | None = None


class ChoiceOptions(WordedQuestion, tag_field="kind", tag=LABEL, frozen=True, kw_only=True):
    """One of ``labels``."""

    labels: tuple[str, ...]


class ChoicesOptions(WordedQuestion, tag_field="kind", tag=LABELS, frozen=True, kw_only=True):
    """Any of ``labels``, at least ``at_least`` of them."""

    labels: tuple[str, ...]
    at_least: int = 0


FieldOptions = TextOptions | NumberOptions | ChoiceOptions | ChoicesOptions


class FieldsOptions(WordedQuestion, tag_field="kind", tag=FIELDS, frozen=True, kw_only=True):
    """Several named answers about one picture, in their order; ``optional``: names of those that may be left empty."""

    fields: tuple[FieldOptions, ...]
    optional: tuple[str, ...] = ()


OwnOptions = NumberOptions | ChoiceOptions | ChoicesOptions | FieldsOptions
