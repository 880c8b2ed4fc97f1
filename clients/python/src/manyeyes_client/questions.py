"""What is asked about a picture: one struct for each kind of answer. A mapping with the same members does as well."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec


class _Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every question says: its words, what people should know (``instructions``), and examples of answers.

    ``name``: its own, where it is one of several fields. An example has ``answer``, and ``picture`` (base64) or not,
    and ``words`` that say why.
    """

    words: str = ""
    instructions: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()
    name: str = ""


class TextQuestion(_Asked, tag_field="kind", tag="text", frozen=True, kw_only=True, omit_defaults=True):
    """A text of ``min_length`` to ``max_length`` characters (0: any); the others as createTask's properties."""

    phrase: bool = False
    case: bool = True
    numeric: int = 0
    math: bool = False
    min_length: int = 0
    max_length: int = 0


class NumberQuestion(_Asked, tag_field="kind", tag="number", frozen=True, kw_only=True, omit_defaults=True):
    """A number in ``unit`` with at most ``decimals`` digits behind the point, from ``min`` to ``max``.

    ``tolerance``: several people's answers that differ by so much at most are alike.
    """

    unit: str = ""
    decimals: int | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    tolerance: Decimal | None = None


class LabelQuestion(_Asked, tag_field="kind", tag="label", frozen=True, kw_only=True, omit_defaults=True):
    """One of ``labels``."""

    labels: tuple[str, ...]


class LabelsQuestion(_Asked, tag_field="kind", tag="labels", frozen=True, kw_only=True, omit_defaults=True):
    """Any of ``labels``, at least ``at_least`` of them."""

    labels: tuple[str, ...]
    at_least: int = 0


class FieldsQuestion(_Asked, tag_field="kind", tag="fields", frozen=True, kw_only=True, omit_defaults=True):
    """Several named answers about one picture; ``optional``: names of those that may be left empty."""

    fields: tuple[TextQuestion | NumberQuestion | LabelQuestion | LabelsQuestion, ...]
    optional: tuple[str, ...] = ()


Question = TextQuestion | NumberQuestion | LabelQuestion | LabelsQuestion | FieldsQuestion | Mapping[str, Any]
