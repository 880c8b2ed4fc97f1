"""getTaskResult: is the task ready, and what is the answer (docs/contracts/anticaptcha.md#gettaskresult)."""

import msgspec

from manyeyes.accounts.rules import TASKS_READ
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.task_results import Ready, task_result
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import is_readable
from manyeyes.tasks.store import Processing
from manyeyes.values.refusals import Reason, Refusal


class Pending(msgspec.Struct, frozen=True):
    """Exactly this while it is being worked on (docs/contracts/anticaptcha.md#gettaskresult)."""

    errorId: int = 0
    status: str = "processing"


async def get_task_result(call: AntiCaptchaCall) -> Pending | Ready | Refusal:
    """Return the state of an own task; a failed one is an error envelope and not a status."""
    owner = await call.owner(TASKS_READ)
    if isinstance(owner, Refusal):
        return owner
    wire = lenient_values.task_number(call.body.get("taskId"))
    if isinstance(wire, Refusal):
        return wire
    serial = await call.context.id_blocks.of_wire(owner.cell, wire)
    found = await call.context.batcher.read(tasks.progress, owner.cell, (owner.account_id, serial))
    if found is None:
        return Refusal(Reason.UNKNOWN_TASK)
    if isinstance(found, Processing):
        return Pending()
    if not is_readable(found.age_seconds, call.context.settings.result_readable_seconds):
        return Refusal(Reason.UNKNOWN_TASK)
    return task_result(call.context.pictures, owner.cell, found, call.base_url)
