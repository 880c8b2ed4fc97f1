"""/v1/reviewer/results: how a reviewer's program, or the screen's script, decides results and audits them."""

import msgspec

from manyeyes.roles.judging import JudgingDesk, LeasedJudgement, parse_judgement
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.judging_views import (
    DecisionView,
    JudgementView,
    JudgingView,
    decision_view,
    judgement_view,
    judging_view,
)
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.reviewer_calls import DeskCalls, desk_operations
from manyeyes.v1.worker_views import RenewalView, renewal_view
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker


class DecisionRequest(msgspec.Struct):
    """``value``: one of the given answers or the reviewer's own, in its kind's form; null: it cannot be judged.

    ``undo``: for some seconds the decision can be taken back, and nothing follows from it.
    """

    judgement: str
    value: str | None
    undo: bool = False


class JudgementRequest(msgspec.Struct):
    judgement: str


class JudgingApi(DeskCalls[LeasedJudgement, JudgementView]):
    """Calls for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._desk = JudgingDesk(context)
        super().__init__(context, self._desk, judgement_view)

    async def next(self, call: Call[Worker, None]) -> JudgementView | Refusal | None:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; nothing when nothing came."""
        return await self.lying(call)

    async def decide(self, call: Call[Worker, DecisionRequest]) -> DecisionView | Refusal:
        """Take the reviewer's decision; return what it earned and what comes next."""
        lease = parse_judgement(call.body.judgement)
        outcome = await self._desk.decide(call.person, lease, call.body.value, is_undoable=call.body.undo)
        return outcome if isinstance(outcome, Refusal) else decision_view(self._context, outcome)

    async def undos(self, call: Call[Worker, JudgementRequest]) -> JudgementView | Refusal:
        """Give a result back that the reviewer has just decided, with `undo`; 409 once it is too late."""
        outcome = await self._desk.take_back(call.person, parse_judgement(call.body.judgement))
        if isinstance(outcome, Refusal):
            return outcome
        shown = judgement_view(self._context, outcome)
        assert shown is not None  # of something it is something
        return shown

    async def ahead(self, call: Call[Worker, None]) -> JudgementView | Refusal | None:
        """Return what comes next, for its picture to be fetched beforehand; it counts as shown to nobody."""
        found = await self._desk.ahead(call.person)
        return found if isinstance(found, Refusal) else judgement_view(self._context, found)

    async def skip(self, call: Call[Worker, JudgementRequest]) -> JudgementView | Refusal | None:
        """Pass a result on, to be theirs never again; return what comes next."""
        found = await self._desk.skip(call.person, parse_judgement(call.body.judgement))
        return found if isinstance(found, Refusal) else judgement_view(self._context, found)

    async def renewals(self, call: Call[Worker, JudgementRequest]) -> RenewalView | Refusal:
        """Give more time for the result that lies before the reviewer; 409 says what became of one that is over."""
        outcome = await self._desk.renew(call.person, parse_judgement(call.body.judgement))
        return outcome if isinstance(outcome, Refusal) else renewal_view(outcome)

    async def session(self, call: Call[Worker, None]) -> JudgingView | Refusal:
        """Return what the reviewer did today, and how far they agree with others."""
        outcome = await self._desk.session(call.person)
        return outcome if isinstance(outcome, Refusal) else judging_view(outcome)


# What the router serves and openapi.py describes.
OPERATIONS = [
    *desk_operations("/v1/reviewer/results", JudgementView, JudgingApi.next),
    Operation(
        method="POST",
        path="/v1/reviewer/results/decisions",
        handler=JudgingApi.decide,
        caller=signed_in_worker,
        body=DecisionRequest,
        reply=DecisionView,
        statuses=(400, 401, 403, 409, 422),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/results/undos",
        handler=JudgingApi.undos,
        caller=signed_in_worker,
        body=JudgementRequest,
        reply=JudgementView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/results/ahead",
        handler=JudgingApi.ahead,
        caller=signed_in_worker,
        reply=JudgementView,
        statuses=(204, 401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/results/skips",
        handler=JudgingApi.skip,
        caller=signed_in_worker,
        body=JudgementRequest,
        reply=JudgementView,
        statuses=(204, 400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/results/renewals",
        handler=JudgingApi.renewals,
        caller=signed_in_worker,
        body=JudgementRequest,
        reply=RenewalView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="GET",
        path="/v1/reviewer/results/session",
        handler=JudgingApi.session,
        caller=signed_in_worker,
        reply=JudgingView,
        statuses=(401, 403),
    ),
]
