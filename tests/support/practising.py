"""Training sets, and people below the floor who practise with them, for tests of what follows."""

from typing import Any

import msgspec

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.begin_practice import BeginPractice, begin_practice
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.skills import evidence
from manyeyes.skills.counting import BELOW_FLOOR
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Refusal
from support import factories
from support.action_stage import Stage
from support.barred_people import bar

TRUTH = "12345"


async def gold(stage: Stage, items: int, queue_id: int = 1) -> list[int]:
    """Make ended tasks of a queue whose right answer is `TRUTH`, answered by somebody who has gone."""
    account_id, other = await stage.account(), await stage.worker(queue_id)
    made = [await stage.solve(account_id, other, truth=TRUTH, queue_id=queue_id) for _ in range(items)]
    await stage.go(other)
    return made


async def give_training(stage: Stage, items: int = 3, queue_id: int = 1, **given: Any) -> list[int]:
    """Give a queue a training set of so many pictures; return their tasks."""
    task_ids = await gold(stage, items, queue_id)
    command = SetTraining(cell=stage.cell, queue_id=queue_id, task_ids=tuple(task_ids), **given)
    (outcome,) = await stage.act(set_trainings, command)
    assert outcome == tuple(task_ids), outcome
    return task_ids


async def barred_worker(stage: Stage) -> int:
    """Return a worker who is below the floor of queue 1, and is not there."""
    worker_id = await stage.worker()
    await bar(stage, worker_id)
    await stage.go(worker_id)
    return worker_id


async def ask_to_practise(stage: Stage, worker_id: int, queue_id: int = 1) -> Practice | Refusal:
    """Ask to begin, or to go on."""
    (outcome,) = await stage.act(begin_practice, BeginPractice(stage.cell, worker_id, 1, queue_id, ("en",)))
    return outcome


async def begin(stage: Stage, worker_id: int) -> Practice:
    """Begin to practise, or go on, and look at the first picture."""
    outcome = await ask_to_practise(stage, worker_id)
    assert isinstance(outcome, Practice), outcome
    await stage.ask(worker_id)
    await stage.look(worker_id)
    return outcome


async def practice_of(stage: Stage, worker_id: int) -> dict[str, Any]:
    """Return the row of somebody's try."""
    (row,) = await stage.rows("practice", where=f"worker_id = {worker_id}")
    return row


async def on_desk(stage: Stage, worker_id: int) -> list[Work]:
    """Return what of practice lies before somebody."""
    return [work for work in await stage.desk(worker_id) if work.purpose is Purpose.PRACTICE]


async def give(stage: Stage, worker_id: int, *texts: str) -> None:
    """Answer one practice picture after the other."""
    for text in texts:
        (work,) = await on_desk(stage, worker_id)
        outcome = await stage.answer(worker_id, stage.lease_of(work), text)
        assert isinstance(outcome, Answered), outcome


async def open_training(context: Context, items: int, **given: Any) -> list[int]:
    """Give queue 1 of a running house a training set of so many pictures that read `TRUTH`; return their tasks."""
    customer, author = await factories.customer(context), await factories.hand(context)
    for _ in range(items):
        await factories.solve(context, customer, author, TRUTH, truth=TRUTH)
    await WorkerDesk(context).offline(author.worker)
    outcome = await context.batcher.ask(set_trainings, SetTraining(cell=1, queue_id=1, items=items, **given))
    assert isinstance(outcome, tuple), outcome
    return list(outcome)


async def fall_below(context: Context, hand: factories.Hand) -> None:
    """Stop a worker of a running house from getting queue 1."""
    async with context.cells.pool(1).acquire() as tx, tx.transaction():
        now = await tx.fetchval("SELECT now()")
        (row,) = (await evidence.lock_skills(tx, now, 1, [(1, hand.worker.worker_id)])).values()
        await evidence.save_skills(tx, 1, [msgspec.structs.replace(row, barred_at=now, barred_why=BELOW_FLOOR)])
