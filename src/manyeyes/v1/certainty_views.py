"""What audits prove, as /v1 shows it."""

from datetime import datetime

import msgspec

from manyeyes.consensus.proof import ProofPoint
from manyeyes.roles.promises import ToldPromise, ToldWrong
from manyeyes.tasks.rules import wire_id


class ThresholdView(msgspec.Struct, frozen=True):
    """Of ``audited`` results that it would accept ``wrong`` are; the share ``at_most`` may be, 95 % sure."""

    threshold: float
    audited: int
    wrong: int
    at_most: float


class PromiseView(msgspec.Struct, frozen=True, kw_only=True):
    """``question`` null: the queue says what is asked. ``threshold`` null: not proven. ``needed``: audits to the next
    look.

    ``at_most_wrong``: of what was ``accepted`` ``since``, 95 % sure whenever one looks; null without an audit.
    """

    queue: int
    question: str | None
    words: str
    wrong_at_most: float
    proven: bool
    refused: bool
    threshold: float | None
    needed: int
    since: datetime
    accepted: int
    audited: int
    wrong: int
    at_most_wrong: float | None
    at_least_wrong: float | None
    curve: list[ThresholdView]


class FoundWrongView(msgspec.Struct, frozen=True):
    """A result that an audit found wrong: what was ``delivered``, and what the reviewer ``read``."""

    task_id: int
    queue: int
    delivered: str
    read: str
    audited_at: datetime


class CertaintyView(msgspec.Struct, frozen=True):
    promises: list[PromiseView]
    found_wrong: list[FoundWrongView]


def promise_view(told: ToldPromise) -> PromiseView:
    """Return what audits prove of one question."""
    known, promise = told.promise.known, told.promise
    return PromiseView(
        queue=known.queue_id,
        question=str(known.question_id) if known.question_id else None,
        words=told.words,
        wrong_at_most=known.scope[3],
        proven=known.threshold is not None,
        refused=known.is_refused,
        threshold=known.threshold,
        needed=known.needed,
        since=known.since,
        accepted=known.accepted,
        audited=known.audits,
        wrong=known.wrong,
        at_most_wrong=promise.most_wrong,
        at_least_wrong=promise.least_wrong,
        curve=[_point(point) for point in promise.points if point.accepted],
    )


def found_wrong_view(told: ToldWrong) -> FoundWrongView:
    """Return one result that an audit found wrong."""
    found = told.found
    return FoundWrongView(wire_id(found.task_id), found.queue_id, told.delivered, told.read, found.decided_at)


def _point(point: ProofPoint) -> ThresholdView:
    return ThresholdView(point.threshold, point.accepted, point.wrong, point.most_wrong)
