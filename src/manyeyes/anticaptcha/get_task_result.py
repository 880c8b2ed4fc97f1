"""getTaskResult: is the task ready, and what is the answer (spec/anticaptcha.md §4)."""

import msgspec

from manyeyes import money
from manyeyes.anticaptcha import values
from manyeyes.anticaptcha.call import Call
from manyeyes.refusals import Reason, Refusal
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import Ending, is_readable
from manyeyes.tasks.store import Outcome, Processing


class Pending(msgspec.Struct, frozen=True):
    """Exactly this while it is being worked on (spec, rule 9)."""

    errorId: int = 0
    status: str = "processing"


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


async def get_task_result(call: Call) -> Pending | Ready | Refusal:
    """Return the state of an own task; a failed one is an error envelope, not a status (spec, rule 12)."""
    owner = await call.owner()
    if isinstance(owner, Refusal):
        return owner
    wire = values.task_number(call.body.get("taskId"))
    if isinstance(wire, Refusal):
        return wire
    serial = await call.house.serials.of_wire(owner.cell, wire)
    found = await call.house.gather.read(tasks.progress, owner.cell, (owner.account_id, serial))
    if found is None:
        return Refusal(Reason.UNKNOWN_TASK)
    if isinstance(found, Processing):
        return Pending()
    if not is_readable(found.age_seconds, call.house.settings.result_readable_seconds):
        return Refusal(Reason.UNKNOWN_TASK)
    if found.ending is not Ending.SOLVED:
        return Refusal(Reason.UNSOLVABLE, "" if found.ending.charged else "nobody could take it in time; not charged")
    return _ready(call, owner.cell, found)


def _ready(call: Call, cell: int, outcome: Outcome) -> Ready:
    path = call.house.pictures.path(cell, outcome.task_id, outcome.created_at, outcome.media)
    return Ready(
        0,
        "ready",
        Solution(outcome.text, call.base_url + path),
        money.text(outcome.charged_micros),
        outcome.ip,
        int(outcome.created_at.timestamp()),
        int(outcome.ended_at.timestamp()),
        outcome.solve_count,
    )
