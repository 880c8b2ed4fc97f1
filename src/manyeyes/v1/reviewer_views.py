"""A reviewer's complaints and pay as /v1 shows them; money in USD."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from manyeyes.roles.judging import LeasedJudgement
from manyeyes.roles.reviewer import LeasedSlot, ReviewerSession, VoteTaken
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import PictureOptions, chosen_names, shown_parts
from manyeyes.tasks.questions import ChoicesOptions, FieldsOptions
from manyeyes.v1.question_views import FieldAnswer
from manyeyes.v1.worker_views import PICTURES, QueueView, marks_view, queue_view
from manyeyes.values.money import number

PICTURE_OPTIONS = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in PICTURES]}
AnyPicture = Annotated[Any, msgspec.Meta(extra_json_schema=PICTURE_OPTIONS)]  # PictureOptions, as a schema says it


class ReviewTask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked; ``guide``: what reviewers of its queue go by, no member where nothing is said."""

    kind: str
    options: AnyPicture
    image_url: str
    queue: QueueView
    question: str | msgspec.UnsetType = msgspec.UNSET  # what `/v1/reviewer/questions/{question}` tells of
    marks: list[str] | msgspec.UnsetType = msgspec.UNSET  # what the picture may show; no member where it has none
    guide: str | msgspec.UnsetType = msgspec.UNSET


class GivenAnswer(msgspec.Struct, frozen=True):
    """``text``: the answer as people read it. ``chosen``: of labels, ``fields``: of fields, each as people read it."""

    text: str
    chosen: list[str] | msgspec.UnsetType = msgspec.UNSET
    fields: list[FieldAnswer] | msgspec.UnsetType = msgspec.UNSET


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint before a reviewer: picture, question and answer, and nobody's name; ``pay`` for the vote in USD."""

    slot: str
    expires_at: datetime
    renewable_until: datetime
    pay: float
    task: ReviewTask
    answer: GivenAnswer


class VoteView(msgspec.Struct, frozen=True):
    """``undo_until``: until then the vote can be taken back; only of one that was asked for with `undo`."""

    earned: float
    next: SlotView | None
    undo_until: datetime | msgspec.UnsetType = msgspec.UNSET


class ReviewerView(msgspec.Struct, frozen=True):
    """``votes`` and ``earned`` (USD) since midnight UTC; ``payable`` is all that may be paid out."""

    worker_id: int
    name: str
    votes: int
    earned: float
    payable: float


def slot_view(context: Context, leased: LeasedSlot | None) -> SlotView | None:
    """Return a complaint with the address of its picture; None for none."""
    if leased is None:
        return None
    answer = GivenAnswer(leased.answer, *answer_parts(leased.options, leased.text))
    task = review_task(context, leased)
    return SlotView(
        slot=str(leased.slot),
        expires_at=leased.expires_at,
        renewable_until=leased.renewable_until,
        pay=number(leased.pay_micros),
        task=task,
        answer=answer,
    )


def review_task(context: Context, leased: LeasedSlot | LeasedJudgement) -> ReviewTask:
    """Return what was asked, with the address of its picture."""
    picture = leased.picture.peoples_path(context.pictures)
    question = str(leased.question) if leased.question else msgspec.UNSET
    return ReviewTask(
        kind=leased.kind,
        options=leased.options,
        image_url=picture,
        queue=queue_view(leased.queue),
        question=question,
        marks=marks_view(leased.picture.marks),
        guide=leased.queue.guide or msgspec.UNSET,
    )


def answer_parts(
    options: PictureOptions, text: str
) -> tuple[list[str] | msgspec.UnsetType, list[FieldAnswer] | msgspec.UnsetType]:
    """Return the labels of an answer of several, and the fields of one of fields; UNSET where it has none."""
    return (
        chosen_names(options, text) if isinstance(options, ChoicesOptions) else msgspec.UNSET,
        [FieldAnswer(name, part) for name, part in shown_parts(options, text)]
        if isinstance(options, FieldsOptions)
        else msgspec.UNSET,
    )


def vote_view(context: Context, taken: VoteTaken) -> VoteView:
    """Return what a vote earned, and what comes next."""
    until = taken.undo_until or msgspec.UNSET
    return VoteView(number(taken.earned_micros), slot_view(context, taken.next), until)


def reviewer_view(session: ReviewerSession) -> ReviewerView:
    """Return what a reviewer did today."""
    earned, payable = number(session.earned_micros), number(session.payable_micros)
    return ReviewerView(session.worker_id, session.name, session.votes, earned, payable)
