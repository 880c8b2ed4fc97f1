"""What the four report methods have in common: their answer, and how the three about tokens are asked."""

from collections.abc import Set as AbstractSet

import msgspec

from manyeyes.accounts.rules import TASKS_WRITE
from manyeyes.actions.report_tokens import ReportToken, report_tokens
from manyeyes.anticaptcha import lenient_values
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.reports.rules import ReportKind
from manyeyes.values.refusals import Refusal


class ReportTaken(msgspec.Struct, frozen=True):
    """The report is taken; what becomes of it is told elsewhere (/v1/reports, the customer's page)."""

    errorId: int = 0
    status: str = "success"


async def report_token(call: AntiCaptchaCall, kind: ReportKind, takes: AbstractSet[str]) -> ReportTaken | Refusal:
    """Report a token of these kinds of tasks. Checks in order: key 1, 11, 21 · then 16 for every reason alike."""
    owner = await call.owner(TASKS_WRITE)
    if isinstance(owner, Refusal):
        return owner
    wire = lenient_values.task_number(call.body.get("taskId"))
    if isinstance(wire, Refusal):
        return wire
    serial = await call.context.id_blocks.of_wire(owner.cell, wire)
    command = ReportToken(cell=owner.cell, account_id=owner.account_id, task_id=serial, kind=kind, takes=takes)
    outcome = await call.context.batcher.ask(report_tokens, command)
    return Refusal(outcome.reason) if isinstance(outcome, Refusal) else ReportTaken()
