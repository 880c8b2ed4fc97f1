"""/v1/reviewer: how a reviewer's program, or the screen's script, judges complaints."""

from typing import Annotated

import msgspec

from manyeyes.reports.rules import LONGEST_REASON, ReportState, Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.reviewer_calls import DeskCalls, desk_operations
from manyeyes.v1.reviewer_views import ReviewerView, SlotView, VoteView, reviewer_view, slot_view, vote_view
from manyeyes.v1.worker_views import RenewalView, renewal_view
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.store import Worker


class VoteRequest(msgspec.Struct):
    """``verdict``: confirm (the answer is wrong) or reject; ``reason`` is shown to the worker and the customer.

    ``undo``: for some seconds the vote can be taken back, and nothing follows from it.
    """

    slot: str
    verdict: Vote
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_REASON})] = ""
    undo: bool = False

    def __post_init__(self) -> None:
        read_words(self.reason, "reason", LONGEST_REASON)


class CorrectionRequest(msgspec.Struct):
    """What a reviewer says now of a complaint on which they voted, with the members of a vote."""

    slot: str
    verdict: Vote
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_REASON})] = ""

    def __post_init__(self) -> None:
        read_words(self.reason, "reason", LONGEST_REASON)


class SlotRequest(msgspec.Struct):
    slot: str


class Corrected(msgspec.Struct, frozen=True):
    """``decided``: whether the complaint is decided by it."""

    decided: bool


class ReviewerApi(DeskCalls[LeasedSlot, SlotView]):
    """Calls for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._desk = ReviewDesk(context)
        super().__init__(context, self._desk, slot_view)

    async def next(self, call: Call[Worker, None]) -> SlotView | Refusal | None:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; nothing when nothing came."""
        return await self.lying(call)

    async def votes(self, call: Call[Worker, VoteRequest]) -> VoteView | Refusal:
        """Take the reviewer's vote; return what it earned and what comes next."""
        body = call.body
        slot = parse_slot(body.slot)
        outcome = await self._desk.vote(call.person, slot, body.verdict, body.reason, is_undoable=body.undo)
        return outcome if isinstance(outcome, Refusal) else vote_view(self._context, outcome)

    async def undos(self, call: Call[Worker, SlotRequest]) -> SlotView | Refusal:
        """Give a complaint back on which the reviewer has just voted, with `undo`; 409 once it is too late."""
        outcome = await self._desk.take_back(call.person, parse_slot(call.body.slot))
        if isinstance(outcome, Refusal):
            return outcome
        shown = slot_view(self._context, outcome)
        assert shown is not None  # of something it is something
        return shown

    async def corrections(self, call: Call[Worker, CorrectionRequest]) -> Corrected | Refusal:
        """Change a vote while the complaint is undecided; 409 once it is decided."""
        body = call.body
        outcome = await self._desk.correct(call.person, parse_slot(body.slot), body.verdict, body.reason)
        return outcome if isinstance(outcome, Refusal) else Corrected(outcome.state is not ReportState.OPEN)

    async def skips(self, call: Call[Worker, SlotRequest]) -> SlotView | Refusal | None:
        """Pass a complaint on, to be theirs never again; return what comes next."""
        found = await self._desk.skip(call.person, parse_slot(call.body.slot))
        return found if isinstance(found, Refusal) else slot_view(self._context, found)

    async def ahead(self, call: Call[Worker, None]) -> SlotView | Refusal | None:
        """Return what comes next, for its picture to be fetched beforehand; it counts as shown to nobody."""
        found = await self._desk.ahead(call.person)
        return found if isinstance(found, Refusal) else slot_view(self._context, found)

    async def renewals(self, call: Call[Worker, SlotRequest]) -> RenewalView | Refusal:
        """Give more time for the complaint that lies before the reviewer; 409 says what became of a lost slot."""
        outcome = await self._desk.renew(call.person, parse_slot(call.body.slot))
        return outcome if isinstance(outcome, Refusal) else renewal_view(outcome)

    async def session(self, call: Call[Worker, None]) -> ReviewerView | Refusal:
        """Return what the reviewer did today."""
        outcome = await self._desk.session(call.person)
        return outcome if isinstance(outcome, Refusal) else reviewer_view(outcome)


# What the router serves and openapi.py describes.
OPERATIONS = [
    *desk_operations("/v1/reviewer", SlotView, ReviewerApi.next),
    Operation(
        method="POST",
        path="/v1/reviewer/votes",
        handler=ReviewerApi.votes,
        caller=signed_in_worker,
        body=VoteRequest,
        reply=VoteView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/undos",
        handler=ReviewerApi.undos,
        caller=signed_in_worker,
        body=SlotRequest,
        reply=SlotView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/corrections",
        handler=ReviewerApi.corrections,
        caller=signed_in_worker,
        body=CorrectionRequest,
        reply=Corrected,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/skips",
        handler=ReviewerApi.skips,
        caller=signed_in_worker,
        body=SlotRequest,
        reply=SlotView,
        statuses=(204, 400, 401, 403, 409),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/ahead",
        handler=ReviewerApi.ahead,
        caller=signed_in_worker,
        reply=SlotView,
        statuses=(204, 401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/renewals",
        handler=ReviewerApi.renewals,
        caller=signed_in_worker,
        body=SlotRequest,
        reply=RenewalView,
        statuses=(400, 401, 403, 409),
    ),
    Operation(
        method="GET",
        path="/v1/reviewer/session",
        handler=ReviewerApi.session,
        caller=signed_in_worker,
        reply=ReviewerView,
        statuses=(401, 403),
    ),
]
