"""Take tasks back that nobody is answering: they cost nothing, and their turns are given back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.task_endings import EndedWork, end_tasks
from manyeyes.dispatch import open_work
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import TURN_UNIT, WorkState
from manyeyes.dispatch.store import Work
from manyeyes.tasks import history
from manyeyes.tasks.history import Life
from manyeyes.tasks.rules import Ending
from manyeyes.values.refusals import Reason, Refusal

_IDLE = (WorkState.WAITING, WorkState.RESTING)


class CancelTask(msgspec.Struct, frozen=True):
    cell: int
    account_id: int
    task_id: int


class TaskCancelled(msgspec.Struct, frozen=True):
    """``queue_id``: where it waited."""

    task_id: int
    queue_id: int


async def cancel_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CancelTask]
) -> list[TaskCancelled | Refusal]:
    """Return the cancelled tasks; one that was cancelled before is so again. Refusals: UNKNOWN_TASK, NOT_CANCELLABLE.

    What lies on somebody's desk is theirs, seen or unseen.
    """
    # 1. Load: the tasks on their way, locked in the order of the key; then how those ended that are not.
    cell = commands[0].cell
    task_ids = sorted({c.task_id for c in commands})
    works = {work.task_id: work for work in await open_work.lock_works(tx, cell, task_ids)}
    lives = await history.lives(tx, cell, [task_id for task_id in task_ids if task_id not in works])
    # 2. Decide.
    outcomes = [_decide(command, works, lives) for command in commands]
    ending = {o.task_id: works[o.task_id] for o in outcomes if isinstance(o, TaskCancelled) and o.task_id in works}
    # 3. Save: the ends, with what was held, and the turns.
    await end_tasks(tx, now, cell, [EndedWork(work, Ending.CANCELLED) for _, work in sorted(ending.items())])
    await _turn_back(tx, cell, list(ending.values()))
    return outcomes


def _decide(command: CancelTask, works: Mapping[int, Work], lives: Mapping[int, Life]) -> TaskCancelled | Refusal:
    found = works.get(command.task_id) or lives.get(command.task_id)
    if found is None or found.account_id != command.account_id:
        return Refusal(Reason.UNKNOWN_TASK, "the account has no such task")
    if isinstance(found, Life):
        is_cancelled = found.ending is Ending.CANCELLED
        return TaskCancelled(found.task_id, found.queue_id) if is_cancelled else _ENDED
    return TaskCancelled(found.task_id, found.queue_id) if found.state in _IDLE else _ANSWERING


async def _turn_back(tx: asyncpg.Connection, cell: int, ended: Sequence[Work]) -> None:
    if not ended:
        return
    terms = await accounts.terms(tx, cell, sorted({work.account_id for work in ended}))
    counts = Counter((work.account_id, work.queue_id) for work in ended)
    steps = {key: n * (TURN_UNIT // terms[key[0]].weight) for key, n in counts.items()}
    await dispatch.turn_back(tx, cell, steps)


_ENDED = Refusal(Reason.NOT_CANCELLABLE, "the task has ended")
_ANSWERING = Refusal(Reason.NOT_CANCELLABLE, "somebody has the task; it ends within a minute or comes back")
