"""What changed of an account's tasks: in order, and nothing is ever missed, however late it is committed."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import pytest

from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.submit_tasks import Submitted
from manyeyes.roles.customer.tasks import BEGINNING, ChangePage, changes_of
from manyeyes.runtime.batching import carry_out
from manyeyes.runtime.context import Context
from manyeyes.tasks.seen.store import Change, TaskFilter, TaskState
from support import factories
from support.factories import Customer

ALL = TaskFilter()
SETTLING = 0.35  # seconds: longer than what is left out for drafts, and for transactions that have just begun


@pytest.fixture
async def customer(context: Context) -> Customer:
    return await factories.customer(context)


async def submit(context: Context, customer: Customer) -> int:
    submitted = await factories.submit(context, customer)
    assert isinstance(submitted, Submitted)
    return submitted.task_id


def numbers(page: ChangePage) -> list[int]:
    return [found.task.task_id for found in page.tasks]


async def leased(context: Context, customer: Customer, queue_id: int, language: str) -> AnswerTask:
    """Lay a task of a queue before a worker of its own; return the command that answers it."""
    hand = await factories.hand(context, queues=(queue_id,), languages=(language,))
    assert isinstance(await factories.submit(context, customer, queue_id=queue_id), Submitted)
    lease = await factories.taken(context, hand)
    return AnswerTask(1, hand.worker.worker_id, lease.lease, "12345")


async def test_what_is_committed_late_is_not_missed(context: Context, customer: Customer):
    late, early = await leased(context, customer, 2, "ru"), await leased(context, customer, 1, "en")
    pool = context.cells.pool(1)
    async with pool.acquire() as slow:
        transaction = slow.transaction()
        await transaction.start()
        (outcome,) = await answer_tasks(slow, await slow.fetchval("SELECT now()"), [late])
        assert isinstance(outcome, Answered)
        await asyncio.sleep(SETTLING)
        await context.batcher.ask(answer_tasks, early)
        await asyncio.sleep(SETTLING)
        held_open = await changes_of(context, customer, ALL)
        assert numbers(held_open) == []  # the other one began earlier: to tell of this one now would skip it
        await transaction.commit()
    await asyncio.sleep(SETTLING)
    page = await changes_of(context, customer, ALL, after=held_open.last)
    assert numbers(page) == [late.lease.task_id, early.lease.task_id]


async def test_what_a_draft_saves_late_is_not_missed(context: Context, customer: Customer):
    """It takes its instant before its transaction begins, and nobody sees it meanwhile."""
    late, early = await leased(context, customer, 2, "ru"), await leased(context, customer, 1, "en")

    async def think_long(tx: asyncpg.Connection, now: datetime, commands: Sequence[AnswerTask]) -> list[object]:
        outcomes = await answer_tasks(tx, now, commands)
        await asyncio.sleep(2 * SETTLING)
        return list(outcomes)

    thinking = asyncio.create_task(carry_out(context.cells, think_long, 1, [late]))
    await asyncio.sleep(SETTLING / 3)
    await context.batcher.ask(answer_tasks, early)
    last, seen = BEGINNING, list[int]()
    while not thinking.done() or late.lease.task_id not in seen:
        page = await changes_of(context, customer, ALL, after=last)
        seen, last = seen + numbers(page), page.last
        await asyncio.sleep(0.01)
        if thinking.done() and not page.tasks:
            await asyncio.sleep(2 * SETTLING)
            seen += numbers(await changes_of(context, customer, ALL, after=last))
            break
    assert sorted(seen) == sorted([late.lease.task_id, early.lease.task_id])


async def test_many_writers_and_a_reader_who_never_looks_back(context: Context, customer: Customer):
    made = [await submit(context, customer) for _ in range(60)]
    pool, seen, is_over = context.cells.pool(1), [], asyncio.Event()

    async def write(task_ids: list[int]) -> None:
        for task_id in task_ids:
            async with pool.acquire() as tx, tx.transaction():
                now = await tx.fetchval("SELECT now()")
                await asyncio.sleep(random.uniform(0, 0.05))
                await cancel_tasks(tx, now, [CancelTask(1, customer.account_id, task_id)])
                await asyncio.sleep(random.uniform(0, 0.05))

    async def follow() -> None:
        last = BEGINNING
        while True:
            was_over = is_over.is_set()
            page = await changes_of(context, customer, ALL, after=last, limit=7)
            seen.extend(numbers(page))
            last = page.last
            if was_over and not page.tasks:
                return
            await asyncio.sleep(0 if page.tasks else 0.01)

    reader = asyncio.ensure_future(follow())
    await asyncio.gather(*[write(made[n::4]) for n in range(4)])
    await asyncio.sleep(SETTLING)
    is_over.set()
    await reader
    assert sorted(seen) == sorted(made)


async def test_a_refund_is_a_change_and_filters_and_instants_narrow_the_list(context: Context, customer: Customer):
    hand = await factories.hand(context)
    refunded = await factories.refunded(context, customer, hand)
    cancelled = await submit(context, customer)
    await context.batcher.ask(cancel_tasks, CancelTask(1, customer.account_id, cancelled))
    await asyncio.sleep(SETTLING)
    page = await changes_of(context, customer, ALL)
    assert sorted(numbers(page)) == sorted([refunded, refunded, cancelled])
    done = await changes_of(context, customer, TaskFilter(state=TaskState.DONE))
    assert (numbers(done), done.last) == ([refunded, refunded], page.last)
    ended = next(found.task.ended_at for found in page.tasks if found.task.task_id == cancelled)
    assert ended is not None
    later = Change(ended + timedelta(microseconds=1), -1, 1)
    assert cancelled not in numbers(await changes_of(context, customer, ALL, after=later))
    one_by_one, last = [], BEGINNING
    for _ in range(3):
        single = await changes_of(context, customer, ALL, after=last, limit=1)
        one_by_one += numbers(single)
        last = single.last
    assert one_by_one == numbers(page)
