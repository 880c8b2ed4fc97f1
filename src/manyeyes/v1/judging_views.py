"""Results before a reviewer as /v1 shows them; money in USD."""

from datetime import datetime

import msgspec

from manyeyes.certainty.judgements import AlikeDecisions
from manyeyes.roles.judging import AGREEMENT_DAYS, DecisionTaken, JudgingSession, LeasedJudgement
from manyeyes.runtime.context import Context
from manyeyes.v1.question_views import FieldAnswer
from manyeyes.v1.reviewer_views import ReviewTask, answer_parts, review_task
from manyeyes.values.money import number


class GivenView(msgspec.Struct, frozen=True):
    """``value``: one of the answers, as a decision sends it back. ``text``: as people read it."""

    value: str
    text: str
    chosen: list[str] | msgspec.UnsetType = msgspec.UNSET
    fields: list[FieldAnswer] | msgspec.UnsetType = msgspec.UNSET


class JudgementView(msgspec.Struct, frozen=True, kw_only=True):
    """A result before a reviewer: picture, question, and all different answers in no order; ``pay`` in USD."""

    judgement: str
    expires_at: datetime
    renewable_until: datetime
    pay: float
    task: ReviewTask
    given: list[GivenView]


class DecisionView(msgspec.Struct, frozen=True):
    """``undo_until``: until then the decision can be taken back; only of one that was asked for with `undo`."""

    earned: float
    next: JudgementView | None
    undo_until: datetime | msgspec.UnsetType = msgspec.UNSET


class AlikeView(msgspec.Struct, frozen=True):
    """Of ``decided`` results, how many decisions say what people said together (``alike``)."""

    decided: int
    alike: int


class JudgingView(msgspec.Struct, frozen=True, kw_only=True):
    """``decisions`` and ``earned`` (USD) since midnight UTC. ``votes`` on complaints that are decided, ``against`` the
    verdict. ``own`` and ``others``: decisions of the last ``days``."""

    decisions: int
    earned: float
    payable: float
    votes: int
    against: int
    days: int
    own: AlikeView
    others: AlikeView


def judgement_view(context: Context, leased: LeasedJudgement | None) -> JudgementView | None:
    """Return a result with the address of its picture; None for none."""
    if leased is None:
        return None
    given = [GivenView(each.text, each.shown, *answer_parts(leased.options, each.text)) for each in leased.given]
    task = review_task(context, leased)
    return JudgementView(
        judgement=str(leased.judgement),
        expires_at=leased.expires_at,
        renewable_until=leased.renewable_until,
        pay=number(leased.pay_micros),
        task=task,
        given=given,
    )


def decision_view(context: Context, taken: DecisionTaken) -> DecisionView:
    """Return what a decision earned, and what comes next."""
    until = taken.undo_until or msgspec.UNSET
    return DecisionView(number(taken.earned_micros), judgement_view(context, taken.next), until)


def judging_view(session: JudgingSession) -> JudgingView:
    """Return what a reviewer did today, and how far they agree with others."""
    return JudgingView(
        decisions=session.decisions,
        earned=number(session.earned_micros),
        payable=number(session.payable_micros),
        votes=session.votes,
        against=session.against,
        days=AGREEMENT_DAYS,
        own=_agreement(session.own),
        others=_agreement(session.others),
    )


def _agreement(found: AlikeDecisions) -> AlikeView:
    return AlikeView(found.decided, found.alike)
