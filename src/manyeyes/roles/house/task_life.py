"""One task as the operator sees it, from its picture to its money: whose, with whom, who gave what, what was booked."""

import asyncpg
import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.dispatch import open_work
from manyeyes.dispatch.open_work import OpenWork
from manyeyes.ledger import store as ledger
from manyeyes.ledger.store import CauseEntry
from manyeyes.panels import store as panels
from manyeyes.panels.rules import PanelAnswer
from manyeyes.reports import store as reports
from manyeyes.reports.appeals import store as appeals
from manyeyes.reports.appeals.store import Appeal
from manyeyes.reports.store import Told
from manyeyes.reports.voting import store as voting
from manyeyes.reports.voting.store import CastSlot
from manyeyes.roles.customer.deliveries import CallbackLog, delivery_of
from manyeyes.roles.customer.tasks import CustomerTask, is_dropped, task_of
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import wire_id
from manyeyes.tasks.seen import store as seen_tasks
from manyeyes.tasks.store import Solved
from manyeyes.values.refusals import Refusal


class TaskLife(msgspec.Struct, frozen=True, kw_only=True):
    """A task with all that is stored of it.

    ``solved``: who answered one of a single answer; ``answers``: what each of several gave. ``report`` None: nothing
    was said of it. ``appeals``: by the number of the answer that each is about.
    """

    cell: int
    task: CustomerTask
    works: list[OpenWork]
    solved: Solved | None
    answers: list[PanelAnswer]
    entries: list[CauseEntry]
    report: Told | None
    slots: list[CastSlot]
    appeals: dict[int, Appeal]
    delivery: CallbackLog | None


class FoundTask(msgspec.Struct, frozen=True):
    """Where a task is that was looked for."""

    cell: int
    task_id: int


async def found_tasks(context: Context, number: int) -> list[FoundTask]:
    """Return the tasks that an id, or a wire id, names: at most one in each cell."""
    found = []
    for cell in context.cells.numbers:
        task_id = await context.id_blocks.of_wire(cell, number)
        if await context.batcher.read(seen_tasks.seen_each, cell, task_id) is not None:
            found.append(FoundTask(cell, task_id))
    return found


async def was_dropped(context: Context, number: int) -> bool:
    """Tell whether a task that is in no cell may be of a month whose tasks were dropped."""
    for cell in context.cells.numbers:
        if await is_dropped(context, cell, await context.id_blocks.of_wire(cell, number)):
            return True
    return False


async def life_of(context: Context, cell: int, task_id: int) -> TaskLife | None:
    """Return a task by its cell and id; None when there is none."""
    if cell not in context.cells.numbers:
        return None
    seen = await context.batcher.read(seen_tasks.seen_each, cell, task_id)
    if seen is None:
        return None
    owner = KeyOwner(cell, seen.account_id, ())
    task = await task_of(context, owner, seen.task_id)
    if isinstance(task, Refusal):
        return None
    delivery = await delivery_of(context, owner, wire_id(seen.task_id))
    sent = None if isinstance(delivery, Refusal) else delivery
    return await read_patiently(context.cells.pool(cell), lambda db: _stored(db, cell, task, sent))


async def _stored(db: asyncpg.Connection, cell: int, task: CustomerTask, sent: CallbackLog | None) -> TaskLife:
    """Return a task with what the cell's tables have of it."""
    account_id, task_id = task.task.account_id, task.task.task_id
    answers = (await panels.answers_of(db, cell, [task_id])).get(task_id, [])
    numbers = [task_id, *(each.answer_id for each in answers)]
    report = await reports.report_of(db, cell, account_id, task_id)
    return TaskLife(
        cell=cell,
        task=task,
        works=await open_work.works_of(db, cell, task_id),
        solved=(await tasks.answered_leases(db, cell, [task_id])).get(task_id),
        answers=answers,
        entries=await ledger.entries_of_causes(db, cell, numbers),
        report=report if isinstance(report, Told) else None,
        slots=await voting.slots_of(db, cell, task_id),
        appeals=await appeals.appeals(db, cell, numbers),
        delivery=sent,
    )
