"""/v1/reviewer: how a reviewer's program, or the screen's script, judges complaints."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.reports.rules import LONGEST_REASON, Vote
from manyeyes.roles.reviewer import ReviewDesk, parse_slot
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.json_messages import decode, json, refuse, seconds, while_there
from manyeyes.v1.reviewer_views import ReviewerView, SlotView, VoteView, reviewer_view, slot_view, vote_view
from manyeyes.values.refusals import Refusal

Handler = Callable[[Request], Awaitable[Response]]


class VoteRequest(msgspec.Struct):
    """``verdict``: confirm (the answer is wrong) or reject; ``reason`` is shown to the worker and the customer."""

    slot: str
    verdict: Vote
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_REASON)] = ""


class ReviewerApi:
    """Four calls, each for the worker with the reviewer's mark that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = ReviewDesk(context)

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return what serves each method and path."""
        return {
            ("GET", "/v1/reviewer/next"): self.next,
            ("POST", "/v1/reviewer/votes"): self.votes,
            ("GET", "/v1/reviewer/session"): self.session,
            ("POST", "/v1/reviewer/leave"): self.leave,
        }

    async def next(self, request: Request) -> Response:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; 204 when nothing came."""
        worker = await signed_in_worker(self._context, request)
        waiting = self._desk.next(worker, seconds(request.query_params.get("wait", "0")))
        slot = await while_there(request, waiting)  # one who has gone would keep a complaint from others
        if isinstance(slot, Refusal):
            return refuse(slot)
        return json(slot_view(self._context, slot)) if slot else Response(status_code=204)

    async def votes(self, request: Request) -> Response:
        worker = await signed_in_worker(self._context, request)
        body = await decode(request, VoteRequest)
        outcome = await self._desk.vote(worker, parse_slot(body.slot), body.verdict, body.reason)
        return refuse(outcome) if isinstance(outcome, Refusal) else json(vote_view(self._context, outcome))

    async def session(self, request: Request) -> Response:
        outcome = await self._desk.session(await signed_in_worker(self._context, request))
        return refuse(outcome) if isinstance(outcome, Refusal) else json(reviewer_view(outcome))

    async def leave(self, request: Request) -> Response:
        """Give back what lies before the reviewer, so that nobody waits for him."""
        await self._desk.leave(await signed_in_worker(self._context, request))
        return json({})


# (method, path, parameters, request, reply, other statuses): what openapi.py describes.
OPERATIONS = [
    ("get", "/v1/reviewer/next", ["wait"], None, SlotView, ["204", "401", "403"]),
    ("post", "/v1/reviewer/votes", [], VoteRequest, VoteView, ["400", "401", "403", "409"]),
    ("get", "/v1/reviewer/session", [], None, ReviewerView, ["401", "403"]),
    ("post", "/v1/reviewer/leave", [], None, None, ["401"]),
]
