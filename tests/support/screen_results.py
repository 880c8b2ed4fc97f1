"""Results for the screens' tests: tasks that people answered differently, and what became of them."""

from typing import Any

from manyeyes.consensus.terms import PeopleTerms, Uncertain
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from support import factories
from support.factories import Customer
from support.question_tasks import ask

UNSETTLED = PeopleTerms(answers=2, answers_at_most=2, wrong_at_most=0.05, uncertain=Uncertain.REVIEW)


async def unsettled(context: Context, customer: Customer, options: Any, *texts: str, **given: Any) -> int:
    """Let new people answer a question differently, so that a reviewer is asked; return the task's serial."""
    terms = PeopleTerms(answers=len(texts), answers_at_most=len(texts), wrong_at_most=0.05, uncertain=Uncertain.REVIEW)
    task_id = await ask(context, customer, options, terms=terms, **given)
    for text in texts:
        hand = await factories.hand(context)
        lease = await factories.taken(context, hand)
        outcome = await WorkerDesk(context).answer(hand.worker, lease.lease, text)
        assert not isinstance(outcome, Refusal), outcome
        await WorkerDesk(context).offline(hand.worker)
    return task_id


async def result_of(context: Context, task_id: int) -> dict[str, Any] | None:
    """Return the row of a task's result; None while there is none."""
    async with context.cells.pool(1).acquire() as db:
        row = await db.fetchrow("SELECT answer, assurance FROM result WHERE cell = 1 AND task_id = $1", task_id)
    return dict(row) if row else None
