"""/v1/reviewer: how a reviewer's program, or the screen's script, judges complaints."""

from typing import Annotated

import msgspec

from manyeyes.reports.rules import LONGEST_REASON, Vote
from manyeyes.roles.instructions import parse_question
from manyeyes.roles.reviewer import ReviewDesk, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker, while_allowed
from manyeyes.v1.json_messages import seconds, while_there
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.v1.reviewer_views import ReviewerView, SlotView, VoteView, reviewer_view, slot_view, vote_view
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.store import Worker


class VoteRequest(msgspec.Struct):
    """``verdict``: confirm (the answer is wrong) or reject; ``reason`` is shown to the worker and the customer."""

    slot: str
    verdict: Vote
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_REASON})] = ""

    def __post_init__(self) -> None:
        read_words(self.reason, "reason", LONGEST_REASON)


class ReviewerApi:
    """Four calls, each for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = ReviewDesk(context)

    async def next(self, call: Call[Worker, None]) -> SlotView | Refusal | None:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; nothing when nothing came."""
        waiting = self._desk.next(call.person, seconds(call.query.get("wait", "0")))
        waiting = while_allowed(self._context, call.request, waiting)
        slot = await while_there(call.request, waiting)  # one who has gone would keep a complaint from others
        return slot if isinstance(slot, Refusal) else slot_view(self._context, slot)

    async def votes(self, call: Call[Worker, VoteRequest]) -> VoteView | Refusal:
        """Take the reviewer's vote; return what it earned and what comes next."""
        body = call.body
        outcome = await self._desk.vote(call.person, parse_slot(body.slot), body.verdict, body.reason)
        return outcome if isinstance(outcome, Refusal) else vote_view(self._context, outcome)

    async def session(self, call: Call[Worker, None]) -> ReviewerView | Refusal:
        """Return what the reviewer did today."""
        outcome = await self._desk.session(call.person)
        return outcome if isinstance(outcome, Refusal) else reviewer_view(outcome)

    async def question(self, call: Call[Worker, None]) -> QuestionView | Refusal:
        """Return what is said about the question that lies before the reviewer."""
        found = await self._desk.instructions(call.person, parse_question(call.part(4)))
        return found if isinstance(found, Refusal) else instructions_view(self._context, found)

    async def leave(self, call: Call[Worker, None]) -> None:
        """Give back what lies before the reviewer, so that nobody waits for them."""
        await self._desk.leave(call.person)


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/reviewer/next",
        handler=ReviewerApi.next,
        caller=signed_in_worker,
        query=("wait",),
        reply=SlotView,
        statuses=(204, 401, 403, 429),
        waits=True,
    ),
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
        method="GET",
        path="/v1/reviewer/session",
        handler=ReviewerApi.session,
        caller=signed_in_worker,
        reply=ReviewerView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/reviewer/questions/{question}",
        handler=ReviewerApi.question,
        caller=signed_in_worker,
        reply=QuestionView,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/leave",
        handler=ReviewerApi.leave,
        caller=signed_in_worker,
        statuses=(401, 403),
    ),
]
