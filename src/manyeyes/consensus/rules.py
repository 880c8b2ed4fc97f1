"""The words of consensus: what people gave, what is known of them, and what follows (docs/decisions/0055)."""

import enum
from collections.abc import Mapping
from decimal import Decimal

import msgspec


class ShapeKind(enum.StrEnum):
    """What answers are; each is compared by its own rule."""

    TEXT = "text"
    NUMBER = "number"
    LABEL = "label"
    LABELS = "labels"
    FIELDS = "fields"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What makes two answers to one question alike; made from the question's options, so that rules know no tasks.

    ``case``: capitals count. ``tolerance``: numbers that differ by so much at most are alike. ``labels``: all that may
    be given, as they are kept; ``at_least``: how many of them must be. ``fields``: the shapes of a form's fields by
    their names, in the question's order.
    """

    kind: ShapeKind
    case: bool = False
    tolerance: Decimal = Decimal(0)
    labels: tuple[str, ...] = ()
    at_least: int = 0
    fields: Mapping[str, "Shape"] = {}


class Given(msgspec.Struct, frozen=True):
    """One person's answer, in its kind's one form (tasks/options.py: canonical)."""

    worker_id: int
    text: str


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one person in one queue: weights of evidence, already decayed to now.

    ``right`` and ``wrong``: weights of their answers that proved so. ``confusion``: of labels, by the true label and
    then by what they gave. Nobody is known by less than the prior, which is added where they are used.
    """

    right: float = 0.0
    wrong: float = 0.0
    confusion: Mapping[str, Mapping[str, float]] = {}


class Method(enum.StrEnum):
    """How answers become a score; chosen per queue by gold that was held out."""

    MAJORITY = "majority"
    ONE_COIN = "one_coin"
    DAWID_SKENE = "dawid_skene"


class HowMany(msgspec.Struct, frozen=True, kw_only=True):
    """How many people are asked: ``first`` at once, then one more at a time, at most ``at_most``.

    ``wrong_at_most``: the share of accepted results that may be wrong; None: the majority of ``first`` is enough.
    """

    first: int
    at_most: int
    wrong_at_most: float | None = None


class Proof(msgspec.Struct, frozen=True):
    """What audits prove of a question: results with a score of ``threshold`` or above keep the promise.

    ``is_refused``: people do not know these; nothing is accepted. ``threshold`` None: too few audits yet.
    """

    threshold: float | None = None
    is_refused: bool = False


NOT_PROVEN = Proof()


class Accept(msgspec.Struct, frozen=True, kw_only=True):
    """The result stands: ``value`` in its one form, ``confidence`` from 0 to 1.

    ``is_certain``: it passed what was asked for; else it is the best there is, and called uncertain. ``is_proven``:
    audits prove the promise for its score.
    """

    value: str
    confidence: float
    is_certain: bool = True
    is_proven: bool = False


class AskMore(msgspec.Struct, frozen=True):
    """Ask ``people`` more."""

    people: int


class Adjudicate(msgspec.Struct, frozen=True):
    """Nobody else may be asked and it is not certain: ``proposal`` is the best there is, with its ``confidence``."""

    proposal: str
    confidence: float


NextStep = Accept | AskMore | Adjudicate
