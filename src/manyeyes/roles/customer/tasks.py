"""A customer's tasks, alike for every edge: look at one, wait for it, list them, what changed, cancel, report."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import Owner
from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.file_complaints import FileComplaint, file_complaints
from manyeyes.actions.report_tokens import ReportToken, report_tokens
from manyeyes.consensus.terms import ONE_ANSWER
from manyeyes.db.settled import settled_until
from manyeyes.ledger.seals import store as seals
from manyeyes.reports.rules import ReportKind, ReportState
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import EVERY_REVIEWER, heard, of_task
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import AnyOptions, options_of
from manyeyes.tasks.rules import TOKEN_KINDS, QueueTerms
from manyeyes.tasks.seen import store as seen_tasks
from manyeyes.tasks.seen.store import Change, SeenTask, TaskFilter
from manyeyes.values.refusals import Reason, Refusal

LONGEST_WAIT = 60
LOOK_AGAIN_SECONDS = 1.0  # a waiter looks without a hint so often, lest a hint was lost
MOST_LOOKED_AT = 5_000  # tasks that one page of a filtered list looks at; what is rarer is found by the pages after it
BEGINNING = Change(datetime.fromtimestamp(0, UTC), 0, 0)


class CustomerTask(msgspec.Struct, frozen=True):
    """A task with its queue's terms, its question read, and where its picture lies; None when that is not kept."""

    task: SeenTask
    queue: QueueTerms
    options: AnyOptions
    picture: KeptPicture | None

    @property
    def most_micros(self) -> int:
        """Return the most that it may cost: what was held for it, or would be now."""
        if self.task.price_micros is not None:
            return self.task.price_micros
        return (self.task.terms or ONE_ANSWER).most_micros(self.queue.price_micros)


class TaskPage(msgspec.Struct, frozen=True):
    """Tasks in the order that was asked for; ``after``: where the page behind it begins, None when nothing is there."""

    tasks: list[CustomerTask]
    after: int | None


class ChangePage(msgspec.Struct, frozen=True):
    """Tasks that ended or were refunded, in the order of that; ``last``: where the next page begins, always."""

    tasks: list[CustomerTask]
    last: Change


class TaskReported(msgspec.Struct, frozen=True):
    """The report on a task is taken; ``replayed``: by an earlier call with the same key."""

    task_id: int
    replayed: bool


async def task_of(context: Context, owner: Owner, number: int) -> CustomerTask | Refusal:
    """Return one of the owner's tasks by its id or its wire id; UNKNOWN_TASK for every other one.

    TASK_DROPPED: there is none, and tasks with such numbers were dropped with their month (docs/decisions/0095).
    """
    task_id = await context.id_blocks.of_wire(owner.cell, number)
    found = await context.batcher.read(seen_tasks.seen_each, owner.cell, task_id)
    if found is None and await is_dropped(context, owner.cell, task_id):
        return Refusal(Reason.TASK_DROPPED, f"of the month of task {number} only the sums are kept: see its statement")
    if found is None or found.account_id != owner.account_id:
        return Refusal(Reason.UNKNOWN_TASK, f"there is no task {number} of yours")
    return (await _shown(context, owner.cell, [found]))[0]


async def is_dropped(context: Context, cell: int, task_id: int) -> bool:
    """Tell whether a task that is not there may be one of a month whose tasks were dropped."""

    async def read(db: asyncpg.Connection) -> int:
        return await seals.gone_through(db, cell)

    return 0 < task_id <= await read_patiently(context.cells.pool(cell), read)


async def wait_for(context: Context, owner: Owner, number: int, seconds: float) -> CustomerTask | Refusal:
    """Return the task as it is when it has ended, or when ``seconds`` are over, whichever is first."""
    task_id = await context.id_blocks.of_wire(owner.cell, number)
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    event = context.notifier.subscribe(of_task(task_id))
    try:
        while True:
            event.clear()
            found = await task_of(context, owner, task_id)
            left = deadline - clock()
            if isinstance(found, Refusal) or found.task.ended_at is not None:
                return found
            if left <= 0 or context.notifier.is_ending:
                return found
            await heard(event, min(left, LOOK_AGAIN_SECONDS * random.uniform(0.8, 1.0)))
    finally:
        context.notifier.unsubscribe(of_task(task_id), event)


async def tasks_of(
    context: Context, owner: Owner, of: TaskFilter, *, after: int | None = None, newest: bool = True, limit: int = 100
) -> TaskPage:
    """Return a page of the owner's tasks behind ``after``: newest first by number, or oldest; a job's by its lines.

    A page of a state that is rare may have fewer than ``limit`` while there are more behind it.
    """

    async def look(db: asyncpg.Connection) -> tuple[list[SeenTask], int | None]:
        found: list[SeenTask] = []
        place, looked = after, 0
        size = max(limit + 1, 500) if of.is_of_few else limit + 1
        while looked < MOST_LOOKED_AT:
            entries = await seen_tasks.places(
                db, owner.cell, owner.account_id, of, after=place, newest=newest, limit=size
            )
            seen = await seen_tasks.seen(db, owner.cell, sorted({entry.task_id for entry in entries}))
            for entry in entries:
                if len(found) == limit:
                    return found, place
                place = entry.place
                if entry.task_id in seen and of.has(seen[entry.task_id]):
                    found.append(seen[entry.task_id])
            if len(entries) < size:
                return found, None
            looked += len(entries)
        return found, place

    found, following = await read_patiently(context.cells.pool(owner.cell), look)
    return TaskPage(await _shown(context, owner.cell, found), following)


async def tasks_named(context: Context, owner: Owner, task_ids: Sequence[int]) -> list[CustomerTask]:
    """Return those of the tasks, by their ids, that are the owner's, in this order."""
    cell = owner.cell
    found = await read_patiently(context.cells.pool(cell), lambda db: seen_tasks.seen(db, cell, list(task_ids)))
    mine = [found[each] for each in task_ids if each in found and found[each].account_id == owner.account_id]
    return await _shown(context, cell, mine)


async def changes_of(
    context: Context, owner: Owner, of: TaskFilter, *, after: Change = BEGINNING, limit: int = 100
) -> ChangePage:
    """Return the owner's tasks that ended or were refunded after ``after``, in that order; nothing is ever missed.

    A task that did both is there twice, as it is now.
    """

    async def look(db: asyncpg.Connection) -> tuple[list[SeenTask], Change]:
        found: list[SeenTask] = []
        last, looked, until = after, 0, await settled_until(db)
        while looked < MOST_LOOKED_AT and len(found) < limit:
            size = limit - len(found)
            entries = await seen_tasks.changes(db, owner.cell, owner.account_id, last, until, size)
            seen = await seen_tasks.seen(db, owner.cell, sorted({entry.task_id for entry in entries}))
            kept = [seen[entry.task_id] for entry in entries if entry.task_id in seen]  # others were dropped meanwhile
            found += [task for task in kept if of.has(task)]
            if entries:
                last = entries[-1]
            if len(entries) < size:
                break
            looked += len(entries)
        return found, last

    found, last = await read_patiently(context.cells.pool(owner.cell), look)
    return ChangePage(await _shown(context, owner.cell, found), last)


async def cancel(context: Context, owner: Owner, number: int) -> CustomerTask | Refusal:
    """Take a task back that nobody is answering, and return it: it costs nothing. Done twice it is as done once."""
    task_id = await context.id_blocks.of_wire(owner.cell, number)
    outcome = await context.batcher.ask(cancel_tasks, CancelTask(owner.cell, owner.account_id, task_id))
    if isinstance(outcome, Refusal):
        return outcome
    context.notifier.notify([of_task(task_id)])
    context.job_bell.ring()  # what was held for it may let another line in
    return await task_of(context, owner, task_id)


async def report(
    context: Context, owner: Owner, number: int, *, is_praise: bool, key: CallKey | None = None
) -> TaskReported | Refusal:
    """Complain about an answer, or praise a token, as the compatible contracts do; refused with its true reason."""
    found = await task_of(context, owner, number)
    if isinstance(found, Refusal):
        return found
    task_id, kind = found.task.task_id, found.task.kind
    if kind in TOKEN_KINDS:
        said = ReportKind.TOKEN_CORRECT if is_praise else ReportKind.TOKEN_INCORRECT
        token = ReportToken(
            cell=owner.cell, account_id=owner.account_id, task_id=task_id, kind=said, takes={kind}, key=key
        )
        counted = await context.batcher.ask(report_tokens, token)
        return counted if isinstance(counted, Refusal) else TaskReported(task_id, counted.replayed)
    if is_praise:
        return Refusal(Reason.REPORT_WRONG_KIND, "only tokens are praised: an answer that is right needs no report")
    queues = await context.lookups.queues()
    complaint = FileComplaint(cell=owner.cell, account_id=owner.account_id, task_id=task_id, queues=queues, key=key)
    filed = await context.batcher.ask(file_complaints, complaint)
    if isinstance(filed, Refusal):
        return filed
    if filed.state is ReportState.OPEN and not filed.replayed:
        context.notifier.notify([EVERY_REVIEWER])
    return TaskReported(task_id, filed.replayed)


async def _shown(context: Context, cell: int, found: Iterable[SeenTask]) -> list[CustomerTask]:
    queues = await context.lookups.queues()
    return [
        CustomerTask(task, queues[task.queue_id], _options(task), kept_picture(cell, _question(task))) for task in found
    ]


def _options(task: SeenTask) -> AnyOptions:
    return options_of(task.kind, task.kind if task.kind in TOKEN_KINDS else "", task.options)


def _question(task: SeenTask) -> TaskQuestion:
    return TaskQuestion(
        task_id=task.task_id,
        kind=task.kind,
        options=task.options,
        media=task.media,
        created_at=task.created_at,
        kept=task.is_kept is not False,
    )
