"""reportIncorrectImageCaptcha: an answer about a picture is wrong (seed 001; spec/anticaptcha.md §6)."""

from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.anticaptcha import values
from manyeyes.anticaptcha.call import Call
from manyeyes.anticaptcha.reporting import ReportTaken
from manyeyes.bell import EVERY_REVIEWER
from manyeyes.refusals import Refusal
from manyeyes.reports.rules import ReportState


async def report_incorrect_image_captcha(call: Call) -> ReportTaken | Refusal:
    """Ask three reviewers. Checks in order: key 1, 11, 21 · then 16 for every reason, which the wire does not name.

    A complaint of an account whose complaints are confirmed too seldom is taken too, and ignored.
    """
    owner = await call.owner()
    if isinstance(owner, Refusal):
        return owner
    wire = values.task_number(call.body.get("taskId"))
    if isinstance(wire, Refusal):
        return wire
    serial = await call.house.serials.of_wire(owner.cell, wire)
    command = FileComplaint(owner.cell, owner.account_id, serial, await call.house.directory.queues())
    outcome = await call.house.gather.ask(file_complaints, command)
    if isinstance(outcome, Refusal):
        return Refusal(outcome.reason)
    if outcome.state is ReportState.OPEN:
        call.house.bell.ring([EVERY_REVIEWER])
    return ReportTaken()
