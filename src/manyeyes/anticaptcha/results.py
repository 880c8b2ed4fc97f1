"""What a finished task is on the wire: asked for (getTaskResult) or sent (callbackUrl), it is the same object."""

import msgspec

from manyeyes import money
from manyeyes.anticaptcha.errors import wire_error
from manyeyes.picture_links import PictureLinks
from manyeyes.refusals import Reason, Refusal
from manyeyes.tasks.rules import Ending, wire_id
from manyeyes.tasks.store import Outcome


class Solution(msgspec.Struct, frozen=True):
    text: str
    url: str


class Ready(msgspec.Struct, frozen=True):
    """``cost`` is text with six decimals, times are whole Unix seconds (spec, rule 10)."""

    errorId: int
    status: str
    solution: Solution
    cost: str
    ip: str
    createTime: int
    endTime: int
    solveCount: int


def task_result(pictures: PictureLinks, cell: int, outcome: Outcome, base_url: str) -> Ready | Refusal:
    """Return the result; a failed task is a refusal, an error envelope on the wire (spec, rule 12).

    ``base_url``: how the customer reached us, for the picture's address.
    """
    if outcome.ending is not Ending.SOLVED:
        return Refusal(Reason.UNSOLVABLE, "" if outcome.ending.charged else "nobody could take it in time; not charged")
    path = pictures.path(cell, outcome.task_id, outcome.created_at, outcome.media)
    return Ready(
        0,
        "ready",
        Solution(outcome.text, base_url + path),
        money.text(outcome.charged_micros),
        outcome.ip,
        int(outcome.created_at.timestamp()),
        int(outcome.ended_at.timestamp()),
        outcome.solve_count,
    )


def callback_body(pictures: PictureLinks, cell: int, outcome: Outcome, base_url: str) -> bytes:
    """Return what is sent to a callbackUrl: the result, or the error envelope, with ``taskId`` (spec §3)."""
    result = task_result(pictures, cell, outcome, base_url)
    told = wire_error(result) if isinstance(result, Refusal) else result
    return msgspec.json.encode({**msgspec.to_builtins(told), "taskId": wire_id(outcome.task_id)})
