"""All that there is to tell about one of a customer's tasks: what people read, its money, its call-back, its report."""

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.ledger import store as ledger
from manyeyes.ledger.store import Posting
from manyeyes.panels import store as panels
from manyeyes.panels.rules import PanelAnswer
from manyeyes.roles.customer.deliveries import Callback, delivery_of
from manyeyes.roles.customer.reports import CustomerReport, ReportStatus, report_of
from manyeyes.roles.customer.tasks import CustomerTask, task_of
from manyeyes.roles.instructions import Instructions, QuestionKey, instructions
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import Ending, wire_id
from manyeyes.values.refusals import Refusal


class TaskHistory(msgspec.Struct, frozen=True, kw_only=True):
    """A task from its question to its money.

    ``told``: what people read before its question's first task, None when there is nothing. ``callback``: None when its
    end was, or is, told to no address. ``report``: None when nothing was said of its answer. ``answers``: what each
    person gave, where the result of several stands and is kept.
    """

    task: CustomerTask
    told: Instructions | None
    postings: list[Posting]
    callback: Callback | None
    report: CustomerReport | None
    answers: list[PanelAnswer]


async def history_of(context: Context, owner: Owner, number: int) -> TaskHistory | Refusal:
    """Return one of the owner's tasks by its id or its wire id; UNKNOWN_TASK for every other one."""
    found = await task_of(context, owner, number)
    if isinstance(found, Refusal):
        return found
    task = found.task

    async def read(db: asyncpg.Connection) -> tuple[list[Posting], list[PanelAnswer]]:
        # While people may still be asked nobody learns what others said (docs/decisions/0063).
        is_told = task.terms is not None and task.ending is Ending.SOLVED and task.is_kept
        given = await panels.answers_of(db, owner.cell, [task.task_id]) if is_told else {}
        return await ledger.postings_of(db, owner.cell, owner.account_id, task.task_id), given.get(task.task_id, [])

    told = await instructions(context, QuestionKey(owner.cell, task.question_id)) if task.question_id else None
    sent = await delivery_of(context, owner, wire_id(task.task_id))
    postings, answers = await read_patiently(context.cells.pool(owner.cell), read)
    return TaskHistory(
        task=found,
        told=told if told and told.is_something else None,
        postings=postings,
        callback=None if isinstance(sent, Refusal) else sent.callback,
        report=await _report(context, owner, found),
        answers=answers,
    )


async def _report(context: Context, owner: Owner, found: CustomerTask) -> CustomerReport | None:
    if found.task.report_state is None:
        return None
    report = await report_of(context, owner, wire_id(found.task.task_id))
    return None if isinstance(report, Refusal) or report.status is ReportStatus.REFUSED else report
