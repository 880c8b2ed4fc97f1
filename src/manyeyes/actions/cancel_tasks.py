"""Take tasks back that nobody is answering: they cost nothing, and their turns are given back."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works, seats_of
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.dispatch import open_work
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import TURN_UNIT, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.jobs import lines as job_lines
from manyeyes.jobs import store as jobs
from manyeyes.jobs.lines import Line
from manyeyes.jobs.rules import JOB_FINISHED, Job, closed
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel, PanelState, SeatEnd
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks
from manyeyes.tasks.history import Life
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.store import TaskResult
from manyeyes.values.refusals import Reason, Refusal

_IDLE = (WorkState.WAITING, WorkState.RESTING)


class CancelTask(msgspec.Struct, frozen=True):
    cell: int
    account_id: int
    task_id: int


class TaskCancelled(msgspec.Struct, frozen=True):
    """``queue_id``: where it waited, or would have."""

    task_id: int
    queue_id: int


class _LoadedTasks(msgspec.Struct):
    """What the decisions need: ``works``, ``seats`` (by their tasks) and their ``panels`` are locked; ``lines`` are
    items that have not entered their queues yet, as far as is known before their jobs are locked."""

    works: dict[int, Work]
    seats: dict[int, list[Work]]
    panels: dict[int, Panel]
    lives: dict[int, Life]
    lines: dict[int, Line]


async def cancel_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CancelTask]
) -> list[TaskCancelled | Refusal]:
    """Return the cancelled tasks; one that was cancelled before is so again. Refusals: UNKNOWN_TASK, NOT_CANCELLABLE.

    What lies on somebody's desk is theirs, seen or unseen; what a reviewer is asked to decide ends with that. An item
    that never entered its queue has no hold: it ends, and its job counts it.
    """
    # 1. Load: tasks on their way, locked; how those ended that are not; items that never entered.
    cell = commands[0].cell
    books = await _load(tx, cell, commands)
    # 2. Decide what is on its way, and end it; the jobs of all are locked with that, the last of all tables.
    wanted = {c.task_id for c in commands if _is_own(c, books) and _is_idle(c.task_id, books)}
    works = [books.works[t] for t in sorted(wanted) if t in books.works]
    seats = [seat for t in sorted(wanted) for seat in books.seats.get(t, ())]
    ended = [EndedWork(work, Ending.CANCELLED) for work in works]
    job_ids = {line.job_id for line in books.lines.values()}
    closed_seats = [ClosedSeat(seat, SeatEnd.CANCELLED) for seat in seats]
    await end_works(tx, now, cell, ended, closed_seats, job_ids=sorted(job_ids))
    # 3. Decide of items, which their jobs keep where they are, and end them.
    items, held = await _items(tx, cell, books)
    taken = {c.task_id for c in commands if c.task_id in items and _is_own(c, books)}
    await _end_lines(tx, now, cell, [items[t] for t in sorted(taken)], held)
    await _turn_back(tx, cell, [*works, *seats])
    return [_outcome(command, books, wanted | taken) for command in commands]


async def _load(tx: asyncpg.Connection, cell: int, commands: Sequence[CancelTask]) -> _LoadedTasks:
    task_ids = sorted({c.task_id for c in commands})
    own, found = seats_of(await open_work.lock_works(tx, cell, task_ids))
    works, seats = {work.task_id: work for work in own}, defaultdict[int, list[Work]](list)
    for seat in found:
        seats[seat.of_task].append(seat)
    missing = [task_id for task_id in task_ids if task_id not in works]
    held = await panels.lock_panels(tx, cell, missing) if missing else {}
    lives = await history.lives(tx, cell, missing) if missing else {}
    held_back = [task_id for task_id, life in lives.items() if life.ended_at is None and task_id not in held]
    lines = await job_lines.lines(tx, cell, held_back) if held_back else {}
    return _LoadedTasks(works, seats, held, lives, lines)


async def _items(tx: asyncpg.Connection, cell: int, books: _LoadedTasks) -> tuple[dict[int, Line], dict[int, Job]]:
    """Return the items that never entered their queues, and their jobs, which were locked before they are looked at."""
    if not books.lines:
        return {}, {}
    task_ids = sorted(books.lines)
    held = await jobs.lock_jobs(tx, cell, sorted({line.job_id for line in books.lines.values()}))
    # What entered its queue, or ended, before its job was locked is an item no more.
    entered = {*await open_work.states(tx, cell, task_ids), *await panels.panels(tx, cell, task_ids)}
    books.lives |= await history.lives(tx, cell, task_ids)
    still = await job_lines.lines(tx, cell, [task_id for task_id in task_ids if task_id not in entered])
    return {t: line for t, line in still.items() if line.job_id in held and line.line <= held[line.job_id].items}, held


def _is_own(command: CancelTask, books: _LoadedTasks) -> bool:
    found = books.works.get(command.task_id) or books.lives.get(command.task_id)
    return found is not None and found.account_id == command.account_id


def _is_idle(task_id: int, books: _LoadedTasks) -> bool:
    """Tell whether nobody has a task that is on its way, nor any of its seats; none may have come meanwhile."""
    work, seats, panel = books.works.get(task_id), books.seats.get(task_id, ()), books.panels.get(task_id)
    if work:
        return work.state in _IDLE
    return panel is not None and len(seats) == panel.open > 0 and all(seat.state in _IDLE for seat in seats)


def _outcome(command: CancelTask, books: _LoadedTasks, taken: Collection[int]) -> TaskCancelled | Refusal:
    life = books.lives.get(command.task_id)
    found = books.works.get(command.task_id) or life
    if found is None or not _is_own(command, books):
        return Refusal(Reason.UNKNOWN_TASK, "the account has no such task")
    if command.task_id in taken or (life and life.ending is Ending.CANCELLED):
        return TaskCancelled(command.task_id, found.queue_id)
    if life and life.ended_at:
        return _ENDED
    panel = books.panels.get(command.task_id)
    return _JUDGED if panel is not None and panel.state is PanelState.JUDGING else _HELD


async def _end_lines(
    tx: asyncpg.Connection, now: datetime, cell: int, lines: Sequence[Line], held: Mapping[int, Job]
) -> None:
    """End items for which nothing was held, and count them in their jobs, which are locked."""
    if not lines:
        return
    await tasks.insert_results(tx, now, cell, [_ended(line) for line in lines])
    counts = Counter(line.job_id for line in lines)
    counted = [
        msgspec.structs.replace(held[job_id], cancelled=held[job_id].cancelled + n, changed_at=now)
        for job_id, n in sorted(counts.items())
    ]
    changed = [closed(job, now) for job in counted]
    await jobs.save_jobs(tx, cell, changed)
    await tell(tx, now, cell, [(job_news(job), JOB_FINISHED) for job in changed if job.ended_at == now])


def _ended(line: Line) -> TaskResult:
    return TaskResult(
        task_id=line.task_id,
        account_id=line.account_id,
        queue_id=line.queue_id,
        soft_id=line.soft_id,
        ip=line.ip,
        created_at=line.created_at,
        ending=Ending.CANCELLED,
        text="",
        media=line.media,
        worker_id=0,
        lease=0,
        solve_count=0,
        charged_micros=0,
        pay_micros=0,
        share_micros=0,
        job_id=line.job_id,
    )


async def _turn_back(tx: asyncpg.Connection, cell: int, ended: Sequence[Work]) -> None:
    if not ended:
        return
    terms = await accounts.terms(tx, cell, sorted({work.account_id for work in ended}))
    counts = Counter((work.account_id, work.queue_id) for work in ended)
    steps = {key: n * (TURN_UNIT // terms[key[0]].weight) for key, n in counts.items()}
    await dispatch.turn_back(tx, cell, steps)


_ENDED = Refusal(Reason.NOT_CANCELLABLE, "the task has ended")
_JUDGED = Refusal(
    Reason.NOT_CANCELLABLE, "people answered, and a reviewer is asked to decide: nobody else is asked or paid for it"
)
_HELD = Refusal(Reason.NOT_CANCELLABLE, "somebody has the task, or is given it at this moment")
