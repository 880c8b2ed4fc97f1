"""What a worker earned, as /v1 tells it; money in USD, an instant is RFC 3339."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from manyeyes.ledger.earnings import WaitingPay
from manyeyes.roles.earnings import Earned, EarningsEntry
from manyeyes.roles.payout_parts import PayoutRequest
from manyeyes.roles.payouts import EarnedPurse
from manyeyes.roles.recent_work import RecentWork
from manyeyes.runtime.context import Context
from manyeyes.v1.reviewer_views import AnyPicture
from manyeyes.v1.worker_views import QueueView, queue_view, uncounted_url
from manyeyes.values.cursors import cursor
from manyeyes.values.marks import mark_names
from manyeyes.values.money import number
from manyeyes.values.time_window import Window


class PurseView(msgspec.Struct, frozen=True, kw_only=True):
    """What was earned, by where it is. ``smallest_payout``: less than that cannot be asked for."""

    pending: float
    payable: float
    requested: float
    paid: float
    smallest_payout: float


class WaitingPayView(msgspec.Struct, frozen=True):
    """Pay that is pending; ``due_at`` is null while a complaint holds it or its result is not decided."""

    task: int
    pay: float
    due_at: datetime | None


class RecentAnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """An answer and what became of it.

    ``image_url`` null: no picture is kept, or it has ``marks``: a look at it is counted, and begins at /worker/mine.
    """

    queue: QueueView
    options: AnyPicture
    image_url: str | None
    marks: list[str]
    answer: str
    pay: float
    answered_at: datetime
    verdict: str


class WorkDoneView(msgspec.Struct, frozen=True):
    """What a worker has earned, what of it is pending, and their last answers."""

    earnings: PurseView
    pending: list[WaitingPayView]
    recent: list[RecentAnswerView]


class PayoutView(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be paid out; ``to`` is the end of where it goes, ``words`` the reference or why it was declined."""

    request: int
    amount: float
    state: str
    to: str
    words: str
    asked_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None


class PayoutsView(msgspec.Struct, frozen=True):
    payouts: list[PayoutView]


class EarnedView(msgspec.Struct, frozen=True, kw_only=True):
    """What a time brought; ``taken_back`` is below zero or 0, ``earned`` the sum of what stands before it."""

    answers: int
    answers_pay: float
    reviews_pay: float
    appeals_pay: float
    taken_back: float
    earned: float
    paid_out: float


class EarnedDayView(EarnedView, frozen=True, kw_only=True):
    """A day of the time zone, or an hour of a short span."""

    from_: str = msgspec.field(name="from")
    to: str


class EarningsEntryView(msgspec.Struct, frozen=True):
    """``kind``: answer, vote, decision, appeal, taken_back, payable, requested, returned, paid."""

    at: datetime
    kind: str
    task: int | None
    amount: float


class EarningsView(msgspec.Struct, frozen=True, kw_only=True):
    """A span's days, their total, and a page of the entries that were asked for, newest first."""

    from_: str = msgspec.field(name="from")
    to: str
    tz: str
    total: EarnedView
    rows: list[EarnedDayView]
    entries: list[EarningsEntryView]
    next: str | None


def purse_view(context: Context, purse: EarnedPurse) -> PurseView:
    """Return what a worker has earned."""
    return PurseView(
        pending=number(purse.pending_micros),
        payable=number(purse.payable_micros),
        requested=number(purse.requested_micros),
        paid=number(purse.paid_micros),
        smallest_payout=number(context.settings.smallest_payout_micros()),
    )


def waiting_view(pay: WaitingPay) -> WaitingPayView:
    """Return pay that is pending."""
    return WaitingPayView(pay.task_id, number(pay.amount_micros), pay.due_at)


def recent_view(context: Context, each: RecentWork) -> RecentAnswerView:
    """Return an answer and what became of it."""
    return RecentAnswerView(
        queue=queue_view(each.queue),
        options=each.options,
        image_url=uncounted_url(context, each.picture, each.marks),
        marks=mark_names(each.marks),
        answer=each.answer,
        pay=number(each.pay_micros),
        answered_at=each.answered_at,
        verdict=each.verdict,
    )


def payout_view(request: PayoutRequest) -> PayoutView:
    """Return a request to be paid out."""
    return PayoutView(
        request=request.request_id,
        amount=number(request.amount_micros),
        state=request.state.name.lower(),
        to=request.shown,
        words=request.words,
        asked_at=request.asked_at,
        approved_at=request.approved_at,
        ended_at=request.ended_at,
    )


def earnings_view(
    windows: Sequence[Window],
    days: Sequence[Earned],
    zone: tzinfo,
    tz: str,
    entries: Sequence[EarningsEntry],
    limit: int,
) -> EarningsView:
    """Return a span with the first ``limit`` of the entries; one more tells that there is a next page."""
    total = Earned(**{name: sum(getattr(day, name) for day in days) for name in Earned.__struct_fields__})
    page = entries[:limit]
    return EarningsView(
        from_=_instant(windows[0].start, zone),
        to=_instant(windows[-1].end, zone),
        tz=tz,
        total=EarnedView(**_sums(total)),
        rows=[
            EarnedDayView(from_=_instant(w.start, zone), to=_instant(w.end, zone), **_sums(day))
            for w, day in zip(windows, days, strict=True)
        ],
        entries=[EarningsEntryView(e.at, e.name, e.task, number(e.change_micros)) for e in page],
        next=cursor(page[-1].place[0], *page[-1].place[1]) if len(entries) > limit else None,
    )


def _sums(day: Earned) -> dict[str, Any]:
    return {
        "answers": day.answers,
        "answers_pay": number(day.answer_micros),
        "reviews_pay": number(day.review_micros),
        "appeals_pay": number(day.appeal_micros),
        "taken_back": number(-day.taken_back_micros),
        "earned": number(day.earned_micros),
        "paid_out": number(day.paid_out_micros),
    }


def _instant(unix: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(unix, UTC).astimezone(zone).isoformat()
