"""Tasks of /v1's kinds, with instructions or without, as a customer's call makes them."""

from typing import Any

from manyeyes.actions.shared.asked_questions import NewExample, hold_questions
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.roles.customer.questions import GivenQuestion, judged
from manyeyes.runtime.context import Context
from manyeyes.tasks.question_rules import AnyQuestion
from support import factories
from support.factories import Customer


async def ask(
    context: Context,
    customer: Customer,
    options: AnyQuestion,
    *,
    instructions: str = "",
    examples: tuple[NewExample, ...] = (),
    **given: Any,
) -> int:
    """Submit a picture with a question of /v1's, which is judged and stored; return the task's serial."""
    question = judged(GivenQuestion(options=options, instructions=instructions, examples=examples))
    assert isinstance(question, GivenQuestion), question
    number = await context.id_blocks.take(customer.cell)
    async with context.cells.pool(customer.cell).acquire() as tx, tx.transaction():
        now = await tx.fetchval("SELECT now()")
        held = await hold_questions(tx, now, customer.cell, [question.new(number, customer.account_id)])
    submitted = await factories.submit(
        context, customer, options=question.options, kind=question.kind, question_id=held[number], **given
    )
    assert isinstance(submitted, Submitted), submitted
    return submitted.task_id
