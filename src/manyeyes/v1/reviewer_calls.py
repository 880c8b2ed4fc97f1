"""What is alike in the calls of both desks of reviewers: wait for what comes, read what is said of it, go."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from manyeyes.roles.instructions import parse_question
from manyeyes.roles.reviewer_desk import LyingT, ReviewerDesk
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker, while_allowed
from manyeyes.v1.json_messages import seconds
from manyeyes.v1.operations import Call, Operation
from manyeyes.v1.question_views import QuestionView, instructions_view
from manyeyes.values.refusals import Refusal
from manyeyes.workers.store import Worker

ShownT = TypeVar("ShownT")


class DeskCalls(Generic[LyingT, ShownT]):
    """Three calls, each for the worker with the reviewer's mark that the token or the cookie signs in.

    ``view``: what lies on the desk as it is shown.
    """

    def __init__(
        self,
        context: Context,
        desk: ReviewerDesk[LyingT],
        view: Callable[[Context, LyingT | None], ShownT | None],
    ) -> None:
        self._context, self._reviewers, self._view = context, desk, view

    async def lying(self, call: Call[Worker, None]) -> ShownT | Refusal | None:
        """Return what lies before the reviewer, waiting up to ``wait`` seconds for it; nothing when nothing came."""
        waiting = self._reviewers.next(call.person, seconds(call.query.get("wait", "0")))
        found = await while_allowed(self._context, call.request, waiting)
        return found if isinstance(found, Refusal) else self._view(self._context, found)

    async def question(self, call: Call[Worker, None]) -> QuestionView | Refusal:
        """Return what is said about the question that lies before the reviewer; the path's last part names it."""
        asked = call.request.scope["path"].rpartition("/")[2]
        found = await self._reviewers.instructions(call.person, parse_question(asked))
        return found if isinstance(found, Refusal) else instructions_view(self._context, found)

    async def leave(self, call: Call[Worker, None]) -> None:
        """Give back what lies before the reviewer, so that nobody waits for them."""
        await self._reviewers.leave(call.person)


def desk_operations(
    path: str, reply: type[Any], next_of: Callable[[Any, Call[Any, Any]], Awaitable[object]]
) -> list[Operation]:
    """Return the rows of these calls below a path; ``next_of`` answers what lies there, which is a ``reply``."""
    return [
        Operation(
            method="GET",
            path=f"{path}/next",
            handler=next_of,
            caller=signed_in_worker,
            query=("wait",),
            reply=reply,
            statuses=(204, 401, 403, 409, 429),
            waits=True,
        ),
        Operation(
            method="GET",
            path=f"{path}/questions/{{question}}",
            handler=DeskCalls.question,
            caller=signed_in_worker,
            reply=QuestionView,
            statuses=(401, 403, 404),
        ),
        Operation(
            method="POST",
            path=f"{path}/leave",
            handler=DeskCalls.leave,
            caller=signed_in_worker,
            statuses=(401, 403),
        ),
    ]
