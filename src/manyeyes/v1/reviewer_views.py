"""A reviewer's complaints and pay as /v1 shows them; money in USD."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from manyeyes.roles.reviewer import LeasedSlot, ReviewerSession, VoteTaken
from manyeyes.runtime.context import Context
from manyeyes.v1.worker_views import QueueView, queue_view
from manyeyes.values.money import number

PICTURE_OPTIONS = {"oneOf": [{"$ref": f"#/components/schemas/{n}"} for n in ("ImageOptions", "LabelOptions")]}
AnyPicture = Annotated[Any, msgspec.Meta(extra_json_schema=PICTURE_OPTIONS)]  # PictureOptions, as a schema says it


class ReviewTask(msgspec.Struct, frozen=True):
    kind: str
    options: AnyPicture
    image_url: str
    queue: QueueView


class GivenAnswer(msgspec.Struct, frozen=True):
    """``text``: what was typed, or the name of the label that was chosen."""

    text: str


class SlotView(msgspec.Struct, frozen=True):
    """A complaint before a reviewer: picture, question and answer, and nobody's name; ``pay`` for the vote in USD."""

    slot: str
    expires_at: datetime
    pay: float
    task: ReviewTask
    answer: GivenAnswer


class VoteView(msgspec.Struct, frozen=True):
    earned: float
    next: SlotView | None


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
    picture = leased.picture.peoples_path(context.pictures)
    task = ReviewTask(leased.kind, leased.options, picture, queue_view(leased.queue))
    return SlotView(str(leased.slot), leased.expires_at, number(leased.pay_micros), task, GivenAnswer(leased.answer))


def vote_view(context: Context, taken: VoteTaken) -> VoteView:
    """Return what a vote earned, and what comes next."""
    return VoteView(number(taken.earned_micros), slot_view(context, taken.next))


def reviewer_view(session: ReviewerSession) -> ReviewerView:
    """Return what a reviewer did today."""
    earned, payable = number(session.earned_micros), number(session.payable_micros)
    return ReviewerView(session.worker_id, session.name, session.votes, earned, payable)
