"""What audits prove of accounts' questions, alike for pages, the JSON API and whoever looks: with what was asked."""

from collections.abc import Sequence

import msgspec

from manyeyes.actions.renew_promises import PromiseRenewed, RenewPromise, renew_promises
from manyeyes.certainty import promises
from manyeyes.certainty.promises import Promise
from manyeyes.certainty.store import FoundWrong, found_wrong
from manyeyes.runtime.context import Context
from manyeyes.tasks import history, question_store
from manyeyes.tasks.options import picture_options, shown_text
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import Reason, Refusal

MOST_FOUND_WRONG = 100


class ToldPromise(msgspec.Struct, frozen=True):
    """A promise with its queue, and ``words``: what was asked; empty where the queue says it all."""

    promise: Promise
    queue: QueueTerms
    words: str


class ToldWrong(msgspec.Struct, frozen=True):
    """A result that an audit found wrong: ``delivered``, and what the reviewer reads, both as people read them."""

    found: FoundWrong
    delivered: str
    read: str


async def promises_of(
    context: Context, cells: Sequence[int], account_id: int | None = None, queue_id: int | None = None
) -> list[ToldPromise]:
    """Return the promises of an account (None: of all in these cells), in a queue (None: in all)."""
    queues = await context.lookups.queues()
    told = []
    for cell in cells:
        async with context.cells.pool(cell).acquire() as db:
            found = await promises.promises(db, cell, account_id, queue_id)
            numbers = sorted({p.known.question_id for p in found if p.known.question_id})
            asked = await question_store.questions(db, cell, numbers)
        words = {n: picture_options(q.kind, q.options).comment for n, q in asked.items()}
        told += [ToldPromise(p, queues[p.known.queue_id], words.get(p.known.question_id, "")) for p in found]
    return told


async def begin_anew(
    context: Context, account_id: int, queue_id: int, question_id: int, target: float, *, actor: Actor = BY_ITSELF
) -> PromiseRenewed | Refusal:
    """Begin a refused question anew, in the cell where its account is; NOT_REFUSED where it is not refused."""
    outcome: PromiseRenewed | Refusal = Refusal(Reason.NOT_REFUSED, "there is no such question")
    for cell in context.cells.numbers:
        command = RenewPromise(
            cell=cell,
            account_id=account_id,
            queue_id=queue_id,
            question_id=question_id,
            target=target,
            actor=actor,
        )
        outcome = await context.batcher.ask(renew_promises, command)
        if not isinstance(outcome, Refusal):
            return outcome
    return outcome


async def wrong_results(context: Context, cell: int, account_id: int, queue_id: int | None = None) -> list[ToldWrong]:
    """Return an account's newest results that audits found wrong; those that are no longer kept are left out."""
    async with context.cells.pool(cell).acquire() as db:
        found = await found_wrong(db, cell, account_id, queue_id, MOST_FOUND_WRONG)
        questions = await history.questions(db, cell, [each.task_id for each in found])
    kept = [(each, questions[each.task_id]) for each in found if each.task_id in questions]
    return [
        ToldWrong(each, shown_text(options, each.proposal), shown_text(options, each.value))
        for each, question in kept
        if question.kept and (options := picture_options(question.kind, question.options))
    ]
