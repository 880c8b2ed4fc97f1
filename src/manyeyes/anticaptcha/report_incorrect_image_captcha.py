"""reportIncorrectImageCaptcha: an answer is wrong (docs/contracts/anticaptcha.md#complaints)."""

from manyeyes.accounts.rules import TASKS_WRITE
from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.report_calls import ReportTaken
from manyeyes.reports.rules import ReportState
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.values.refusals import Refusal


async def report_incorrect_image_captcha(call: AntiCaptchaCall) -> ReportTaken | Refusal:
    """Ask three reviewers. Checks in order: key 1, 11, 21 · then 16 for every reason, which the wire does not name.

    A complaint of an account whose complaints are confirmed too seldom is taken too, and ignored.
    """
    owner = await call.owner(TASKS_WRITE)
    if isinstance(owner, Refusal):
        return owner
    wire = lenient_values.task_number(call.body.get("taskId"))
    if isinstance(wire, Refusal):
        return wire
    serial = await call.context.id_blocks.of_wire(owner.cell, wire)
    queues = await call.context.lookups.queues()
    command = FileComplaint(cell=owner.cell, account_id=owner.account_id, task_id=serial, queues=queues)
    outcome = await call.context.batcher.ask(file_complaints, command)
    if isinstance(outcome, Refusal):
        return Refusal(outcome.reason)
    if outcome.state is ReportState.OPEN:
        call.context.notifier.notify([EVERY_REVIEWER])
    return ReportTaken()
