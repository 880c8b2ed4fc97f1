"""Take tasks back that nobody is answering: they cost nothing, and their turns are given back."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.actions.shared.panel_ends import ClosedSeat, close_seats
from manyeyes.actions.shared.task_endings import EndedWork, end_tasks
from manyeyes.dispatch import open_work
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import TURN_UNIT, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.jobs import lines as job_lines
from manyeyes.jobs import store as jobs
from manyeyes.jobs.lines import Line
from manyeyes.jobs.rules import JOB_FINISHED, Job, closed
from manyeyes.ledger import store as ledger
from manyeyes.panels import store as panels
from manyeyes.panels.rules import SeatEnd
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
    """What the decisions need: ``works``, ``seats`` (by their tasks) and ``jobs`` are locked; ``lines`` are items that
    never entered."""

    works: dict[int, Work]
    seats: dict[int, list[Work]]
    lives: dict[int, Life]
    lines: dict[int, Line]
    jobs: dict[int, Job]


async def cancel_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CancelTask]
) -> list[TaskCancelled | Refusal]:
    """Return the cancelled tasks; one that was cancelled before is so again. Refusals: UNKNOWN_TASK, NOT_CANCELLABLE.

    What lies on somebody's desk is theirs, seen or unseen. An item that never entered its queue has no hold: it ends,
    and its job counts it.
    """
    # 1. Load: tasks on their way, locked; how those ended that are not; jobs of items that never entered.
    cell = commands[0].cell
    books = await _load(tx, cell, commands)
    # 2. Decide.
    outcomes = [_decide(command, books) for command in commands]
    ending = sorted({o.task_id for o in outcomes if isinstance(o, TaskCancelled)})
    # 3. Save: items first, so that the last task of a job finds them counted; then ends with their holds, and turns.
    await _end_lines(tx, now, cell, [books.lines[t] for t in ending if t in books.lines], books.jobs)
    works = [books.works[t] for t in ending if t in books.works]
    seats = [seat for t in ending for seat in books.seats.get(t, ())]
    await end_tasks(tx, now, cell, [EndedWork(work, Ending.CANCELLED) for work in works])
    await close_seats(tx, now, cell, [ClosedSeat(seat, SeatEnd.CANCELLED) for seat in seats])
    await _turn_back(tx, cell, [*works, *seats])
    return outcomes


async def _load(tx: asyncpg.Connection, cell: int, commands: Sequence[CancelTask]) -> _LoadedTasks:
    task_ids = sorted({c.task_id for c in commands})
    works = {work.task_id: work for work in await open_work.lock_works(tx, cell, task_ids)}
    missing = [task_id for task_id in task_ids if task_id not in works]
    seats: defaultdict[int, list[Work]] = defaultdict(list)
    for seat in await open_work.lock_seats(tx, cell, missing) if missing else []:
        seats[seat.of_task].append(seat)
    held = await panels.lock_panels(tx, cell, missing) if missing else {}
    lives = await history.lives(tx, cell, missing) if missing else {}
    held_back = [task_id for task_id, life in lives.items() if life.ended_at is None and task_id not in held]
    if not held_back:
        return _LoadedTasks(works, seats, lives, {}, {})
    return await _with_lines(tx, cell, _LoadedTasks(works, seats, lives, {}, {}), held_back)


async def _with_lines(tx: asyncpg.Connection, cell: int, books: _LoadedTasks, held_back: Sequence[int]) -> _LoadedTasks:
    """Return what was loaded with items that never entered their queues, and their jobs, locked."""
    works, lives = books.works, books.lives
    idle = [w for w in [*works.values(), *(s for each in books.seats.values() for s in each)] if w.state in _IDLE]
    found = await job_lines.lines(tx, cell, held_back)
    await ledger.lock_balances(tx, cell, sorted({work.account_id for work in idle}))  # balances come before jobs
    job_ids = {line.job_id for line in found.values()} | {work.job_id for work in idle if work.job_id}
    held = await jobs.lock_jobs(tx, cell, sorted(job_ids))
    # What entered its queue, or ended, before its job was locked is an item no more.
    entered = {*await open_work.states(tx, cell, held_back), *await panels.panels(tx, cell, held_back)}
    lives |= await history.lives(tx, cell, held_back)
    still = await job_lines.lines(tx, cell, [task_id for task_id in held_back if task_id not in entered])
    items = {t: line for t, line in still.items() if line.job_id in held and line.line <= held[line.job_id].items}
    return _LoadedTasks(works, books.seats, lives, items, held)


def _decide(command: CancelTask, books: _LoadedTasks) -> TaskCancelled | Refusal:
    work, life = books.works.get(command.task_id), books.lives.get(command.task_id)
    found = work or life
    if found is None or found.account_id != command.account_id:
        return Refusal(Reason.UNKNOWN_TASK, "the account has no such task")
    seats = books.seats.get(command.task_id, ())
    is_open = work is None and bool(seats) and all(seat.state in _IDLE for seat in seats)
    is_free = work.state in _IDLE if work else command.task_id in books.lines or is_open
    if is_free or (life and life.ending is Ending.CANCELLED):
        return TaskCancelled(command.task_id, found.queue_id)
    return _ENDED if life and life.ended_at else _HELD


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
_HELD = Refusal(Reason.NOT_CANCELLABLE, "somebody has the task, or is given it at this moment")
