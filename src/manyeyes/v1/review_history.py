"""/v1/reviewer/history: what a reviewer said, newest first; for them alone, money in USD."""

from datetime import UTC, datetime, timedelta

import msgspec

from manyeyes.reports.rules import ReportState, Vote
from manyeyes.roles.review_history import NEWEST, SaidOnce, said_by
from manyeyes.roles.reviewer_desk import NO_REVIEWER
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.cursors import asked_limit, cursor, read_cursor
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.worker_views import uncounted_url
from manyeyes.values.marks import mark_names
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker

OF = "reviews"
PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SaidView(msgspec.Struct, frozen=True, kw_only=True):
    """``verdict``, ``reason``, ``answer`` and ``state`` of a complaint; ``value`` of a result.

    ``slot``: a vote that can be corrected. ``others`` voted too, ``alike`` of them the same; null until it is decided.
    ``is_alike``: people had said the same together. ``image_url`` null: the picture is no longer kept, or it has
    ``marks``: a look at it is counted, and begins at /reviewer/history.
    """

    at: datetime
    task_id: int
    queue_id: int | None
    image_url: str | None
    marks: list[str]
    verdict: Vote | None
    reason: str
    answer: str
    state: str | None
    slot: str | None
    others: int | None
    alike: int | None
    value: str | None
    is_alike: bool | None
    pay: float


class HistoryView(msgspec.Struct, frozen=True):
    said: list[SaidView]
    next: str | None


class ReviewHistoryApi:
    """Calls for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def history(self, call: Call[Worker, None]) -> HistoryView | Refusal:
        """Return a page of what the reviewer said, newest first; 400 for a cursor that is none."""
        if not call.person.reviewer:
            return NO_REVIEWER
        limit, text = asked_limit(call.query, PAGE), call.query.get("cursor", "")
        before = NEWEST
        if text:
            micros, serial = read_cursor(OF, text, 2)
            before = _EPOCH + timedelta(microseconds=min(max(micros, 0), 10**17)), serial
        found = await said_by(self._context, call.person, before, limit + 1)
        said = [_view(self._context, each) for each in found[:limit]]
        last = found[limit - 1] if len(found) > limit else None
        return HistoryView(
            said, cursor(OF, (last.at - _EPOCH) // timedelta(microseconds=1), last.serial) if last else None
        )


def _view(context: Context, said: SaidOnce) -> SaidView:
    is_told = said.vote is not None and said.state is not ReportState.OPEN
    return SaidView(
        at=said.at,
        task_id=said.task_id,
        queue_id=said.queue.queue_id if said.queue else None,
        image_url=uncounted_url(context, said.picture, said.marks),
        marks=mark_names(said.marks),
        verdict=said.vote,
        reason=said.reason,
        answer=said.answer,
        state=said.state.name.lower() if said.state is not None else None,
        slot=str(said.slot) if said.slot else None,
        others=said.others if is_told else None,
        alike=said.alike if is_told else None,
        value=said.value,
        is_alike=said.is_alike,
        pay=number(said.pay_micros),
    )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/reviewer/history",
        handler=ReviewHistoryApi.history,
        caller=signed_in_worker,
        query=("limit", "cursor"),
        reply=HistoryView,
        statuses=(400, 401, 403),
    ),
]
