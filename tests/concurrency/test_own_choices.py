"""What somebody chooses at work, while an operator takes queues away or another window chooses (decision 0085)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from manyeyes.actions.choose_work import ChooseWork, choose_work
from manyeyes.roles.own_choice import take_only
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import WorkChoice
from support import factories

IS_ONE_WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
TAKE_AWAY = "UPDATE worker SET queues = $2 WHERE worker_id = $1"
Outcome = list[Refusal | None]


async def presence(context: Context, hand: factories.Hand) -> list[int]:
    """Return the queues that a worker's presence takes."""
    async with context.cells.pool(1).acquire() as db:
        found = "SELECT queues FROM session WHERE cell = 1 AND worker_id = $1"
        return sorted(await db.fetchval(found, hand.worker.worker_id))


@asynccontextmanager
async def choosing(context: Context, hand: factories.Hand, *queues: int) -> AsyncIterator[Outcome]:
    """Choose these queues; the block runs when that is stored, and the presence does not know it yet."""
    outcome: Outcome = []
    async with context.cells.pool(1).acquire() as tx, tx.transaction():
        await tx.execute("SELECT FROM session WHERE worker_id = $1 FOR UPDATE", hand.worker.worker_id)
        task = asyncio.create_task(take_only(context, hand.worker, list(queues), None))
        async with asyncio.timeout(60), context.cells.pool(1).acquire() as db:
            while not await db.fetchval(IS_ONE_WAITING, tx.get_server_pid()):  # noqa: ASYNC110 (it tells by no event)
                await asyncio.sleep(0.01)
        yield outcome
    outcome.append(await task)


async def at_work(context: Context, *queues: int) -> factories.Hand:
    hand = await factories.hand(context, queues=queues, languages=("en", "ru"))
    assert not isinstance(await WorkerDesk(context).online(hand.worker), Refusal)
    return hand


async def take_away(context: Context, hand: factories.Hand, *left: int) -> None:
    """Let an operator leave them these queues; the presence has lost what it had of the others before."""
    async with context.cells.directory.acquire() as db:
        await db.execute(TAKE_AWAY, hand.worker.worker_id, list(left))


async def test_what_is_taken_away_meanwhile_does_not_come_with_the_choice(context: Context):
    hand = await at_work(context, 1, 2)
    assert await take_only(context, hand.worker, [1], None) is None
    assert await presence(context, hand) == [1]
    async with choosing(context, hand, 1, 2) as outcome:
        await take_away(context, hand, 1)
    assert outcome == [None]
    assert await presence(context, hand) == [1]


async def test_where_all_that_was_chosen_is_taken_away_nothing_else_comes_instead(context: Context):
    hand = await at_work(context, 1, 2)
    async with choosing(context, hand, 1) as outcome:
        await take_away(context, hand, 2)
    (refusal,) = outcome
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NONE_TAKEN
    assert await presence(context, hand) == [], "what was declined is not handed out instead"


async def test_of_two_windows_the_later_choice_stands_and_not_their_sum(context: Context):
    hand = await at_work(context, 1, 2)
    async with choosing(context, hand, 1) as outcome:
        await context.batcher.ask(choose_work, ChooseWork(hand.worker.worker_id, WorkChoice((1,), ())))
    assert outcome == [None]
    assert await presence(context, hand) == [2]
