"""What a finished task is on the wire: asked for (getTaskResult) or sent (callbackUrl), it is the same object."""

import msgspec

from manyeyes.anticaptcha.errors import wire_error
from manyeyes.tasks.rules import TURNSTILE, Ending, why_unanswered, wire_id
from manyeyes.tasks.store import TaskOutcome
from manyeyes.tasks.tokens import QUEUES, is_expired
from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.signed_links import PictureLinks


class Solution(msgspec.Struct, frozen=True):
    text: str
    url: str


class RecaptchaSolution(msgspec.Struct, frozen=True):
    """Of reCAPTCHA and hCaptcha alike: the one member that every client reads."""

    gRecaptchaResponse: str


class TurnstileSolution(msgspec.Struct, frozen=True):
    token: str


AnySolution = Solution | RecaptchaSolution | TurnstileSolution


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """``cost`` is text with six decimals, times are whole Unix seconds.

    See docs/contracts/anticaptcha.md#gettaskresult.
    """

    errorId: int
    status: str
    solution: AnySolution
    cost: str
    ip: str
    createTime: int
    endTime: int
    solveCount: int


def task_result(pictures: PictureLinks, cell: int, outcome: TaskOutcome, base_url: str) -> Ready | Refusal:
    """Return the result; a failed task is a refusal, an error envelope on the wire.

    ``base_url``: how the customer reached us, for the picture's address.
    """
    if outcome.ending is Ending.BARRED:
        return Refusal(Reason.SITE_WITHDRAWN)
    if outcome.ending is Ending.UNANSWERED:
        return Refusal(Reason.UNANSWERED, why_unanswered(outcome.solve_count))
    if outcome.ending in _UNCHARGED:
        return Refusal(Reason.UNANSWERED, _UNCHARGED[outcome.ending])
    if outcome.ending is not Ending.SOLVED:
        return Refusal(Reason.UNSOLVABLE)
    if outcome.queue_id in QUEUES and is_expired(outcome.age_seconds):
        return Refusal(Reason.TOKEN_EXPIRED)
    return Ready(
        errorId=0,
        status="ready",
        solution=_solution(pictures, cell, outcome, base_url),
        cost=money.text(outcome.charged_micros),
        ip=outcome.ip,
        createTime=int(outcome.created_at.timestamp()),
        endTime=int(outcome.ended_at.timestamp()),
        solveCount=outcome.solve_count,
    )


def _solution(pictures: PictureLinks, cell: int, outcome: TaskOutcome, base_url: str) -> AnySolution:
    kind = QUEUES.get(outcome.queue_id)
    if kind is None:
        path = pictures.path(cell, outcome.task_id, outcome.created_at, outcome.media, outcome.ended_at)
        return Solution(outcome.text, base_url + path)
    return TurnstileSolution(outcome.text) if kind == TURNSTILE else RecaptchaSolution(outcome.text)


def callback_body(pictures: PictureLinks, cell: int, outcome: TaskOutcome, base_url: str) -> bytes:
    """Return what is sent to a callbackUrl: result or error envelope, with ``taskId``.

    See docs/contracts/anticaptcha.md#call-back.
    """
    result = task_result(pictures, cell, outcome, base_url)
    told = wire_error(result) if isinstance(result, Refusal) else result
    return msgspec.json.encode({**msgspec.to_builtins(told), "taskId": wire_id(outcome.task_id)})


_UNCHARGED = {
    Ending.CANCELLED: "its customer cancelled it; it is not charged",
    Ending.NO_PICTURE: "its picture could not be had; it is not charged",
}
