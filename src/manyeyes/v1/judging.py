"""/v1/reviewer/results: how a reviewer's program, or the screen's script, decides results and audits them."""

import msgspec

from manyeyes.roles.instructions import parse_question
from manyeyes.roles.judging import JudgingDesk, parse_judgement
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker, while_allowed
from manyeyes.v1.json_messages import seconds, while_there
from manyeyes.v1.judging_views import (
    DecisionView,
    JudgementView,
    JudgingView,
    decision_view,
    judgement_view,
    judging_view,
)
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker


class DecisionRequest(msgspec.Struct):
    """``value``: one of the given answers or the reviewer's own, in its kind's form; null: it cannot be judged."""

    judgement: str
    value: str | None


class ResultSkipRequest(msgspec.Struct):
    judgement: str


class JudgingApi:
    """Six calls, each for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = JudgingDesk(context)

    async def next(self, call: Call[Worker, None]) -> JudgementView | Refusal | None:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; nothing when nothing came."""
        waiting = self._desk.next(call.person, seconds(call.query.get("wait", "0")))
        waiting = while_allowed(self._context, call.request, waiting)
        found = await while_there(call.request, waiting)  # one who has gone would keep it from others
        return found if isinstance(found, Refusal) else judgement_view(self._context, found)

    async def decide(self, call: Call[Worker, DecisionRequest]) -> DecisionView | Refusal:
        """Take the reviewer's decision; return what it earned and what comes next."""
        lease = parse_judgement(call.body.judgement)
        outcome = await self._desk.decide(call.person, lease, call.body.value)
        return outcome if isinstance(outcome, Refusal) else decision_view(self._context, outcome)

    async def skip(self, call: Call[Worker, ResultSkipRequest]) -> JudgementView | Refusal | None:
        """Pass a result on, to be theirs never again; return what comes next."""
        found = await self._desk.skip(call.person, parse_judgement(call.body.judgement))
        return found if isinstance(found, Refusal) else judgement_view(self._context, found)

    async def session(self, call: Call[Worker, None]) -> JudgingView | Refusal:
        """Return what the reviewer did today, and how far they agree with others."""
        outcome = await self._desk.session(call.person)
        return outcome if isinstance(outcome, Refusal) else judging_view(outcome)

    async def question(self, call: Call[Worker, None]) -> QuestionView | Refusal:
        """Return what is said about the question that lies before the reviewer."""
        found = await self._desk.instructions(call.person, parse_question(call.part(5)))
        return found if isinstance(found, Refusal) else instructions_view(self._context, found)

    async def leave(self, call: Call[Worker, None]) -> None:
        """Give back what lies before the reviewer, so that nobody waits for them."""
        await self._desk.leave(call.person)


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/reviewer/results/next",
        handler=JudgingApi.next,
        caller=signed_in_worker,
        query=("wait",),
        reply=JudgementView,
        statuses=(204, 401, 403, 429),
        waits=True,
    ),
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
        path="/v1/reviewer/results/skips",
        handler=JudgingApi.skip,
        caller=signed_in_worker,
        body=ResultSkipRequest,
        reply=JudgementView,
        statuses=(204, 400, 401, 403, 409),
    ),
    Operation(
        method="GET",
        path="/v1/reviewer/results/session",
        handler=JudgingApi.session,
        caller=signed_in_worker,
        reply=JudgingView,
        statuses=(401, 403),
    ),
    Operation(
        method="GET",
        path="/v1/reviewer/results/questions/{question}",
        handler=JudgingApi.question,
        caller=signed_in_worker,
        reply=QuestionView,
        statuses=(401, 403, 404),
    ),
    Operation(
        method="POST",
        path="/v1/reviewer/results/leave",
        handler=JudgingApi.leave,
        caller=signed_in_worker,
        statuses=(401, 403),
    ),
]
