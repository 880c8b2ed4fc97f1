"""Who waits is woken by what changed, though every hint is lost, and one look serves however many wait."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import ExitStack
from typing import Any

import asyncpg
import pytest

from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.db.pool import Cells
from manyeyes.dispatch.rules import WorkState
from manyeyes.roles.practising import PracticeDesk
from manyeyes.roles.worker import LeasedTask, WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookout import RIGHTS_SECONDS, Lookout, Right
from manyeyes.skills.training import Practice
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.in_process_client import Client
from support.practising import fall_below, open_training

ENOUGH_SECONDS = 20


@pytest.fixture
def deaf(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A process that loses every hint."""
    monkeypatch.setattr(context.notifier, "notify", lambda worker_ids: None)
    return context


@pytest.fixture
async def waiting(deaf: Context) -> AsyncIterator[tuple[factories.Hand, "asyncio.Task[Any]"]]:
    """A worker who is online and waits in `next`, which found nothing."""
    hand = await factories.hand(deaf)
    desk = WorkerDesk(deaf)
    await desk.online(hand.worker)
    task = asyncio.create_task(desk.next(hand.worker, 60.0))
    await until(deaf, "SELECT bool_and(present AND NOT silent) FROM session")
    yield hand, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(context: Context, question: str) -> None:
    """Ask the database again and again until it says yes."""
    async with asyncio.timeout(ENOUGH_SECONDS), context.cells.pool(1).acquire() as db:
        while not await db.fetchval(question):  # noqa: ASYNC110 (nothing tells of it by an event)
            await asyncio.sleep(0.05)


async def test_a_task_comes_though_its_hint_is_lost(deaf: Context, waiting: tuple[factories.Hand, Any]):
    _, task = waiting
    await factories.submit(deaf, await factories.customer(deaf))
    deaf.dispatcher.wake(1, [1])
    async with asyncio.timeout(ENOUGH_SECONDS):
        assert isinstance(await task, LeasedTask)


async def test_who_is_taken_for_away_is_present_again(deaf: Context, waiting: tuple[factories.Hand, Any]):
    async with deaf.cells.pool(1).acquire() as db:
        await db.execute("UPDATE session SET present = false")
    await until(deaf, "SELECT present AND NOT silent FROM session")
    assert not waiting[1].done()


async def test_who_is_offline_by_another_process_waits_no_longer(deaf: Context, waiting: tuple[factories.Hand, Any]):
    async with deaf.cells.pool(1).acquire() as db:
        await db.execute("UPDATE session SET present = false, queues = '{}'")
    async with asyncio.timeout(ENOUGH_SECONDS):
        refused = await waiting[1]
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.NOT_ONLINE


async def test_another_window_hears_of_what_the_first_one_saw(deaf: Context, waiting: tuple[factories.Hand, Any]):
    """The look compares with what was seen last, in whichever window."""
    hand, first = waiting
    await factories.submit(deaf, await factories.customer(deaf))
    second = asyncio.create_task(WorkerDesk(deaf).next(hand.worker, 60.0))
    deaf.dispatcher.wake(1, [1])
    async with asyncio.timeout(ENOUGH_SECONDS):
        assert (await first).lease == (await second).lease


@pytest.mark.parametrize("path", ["/v1/worker/next?wait=60", "/v1/worker/events"])
async def test_whoever_is_disabled_waits_no_longer_though_nobody_tells(client: Client, path: str):
    hand = await factories.hand(client.context)
    assert (await client.post("/v1/worker/online", headers=hand.headers)).status_code == 200
    call = asyncio.create_task(client.get(path, headers=hand.headers))
    await until(client.context, "SELECT NOT silent FROM session")
    await client.context.batcher.ask(disable_workers, DisableWorker(hand.worker.worker_id))
    async with asyncio.timeout(ENOUGH_SECONDS):
        assert (await call).status_code == (401 if "next" in path else 200)


async def test_as_many_statements_look_for_forty_as_for_one(context: Context):
    asked: list[str] = []
    async with context.cells.pool(1).acquire() as db:
        db.add_query_logger(lambda record: asked.append(record.query))
    looks: list[Callable[[int], Awaitable[None]]] = [
        context.lookout._look_at_desks,
        context.lookout._look_at_presences,
        context.lookout._look_at_purses,
    ]
    statements = []
    for crowd in (range(1, 2), range(1, 2), range(1, 41)):  # the driver's own questions come with the first ones
        with ExitStack() as stack:
            for worker_id in crowd:
                stack.enter_context(context.lookout.waiting(worker_id, 1))
                context.presence.note_attached(worker_id, 1)
                context.presence.note_purse(worker_id, (0, 0))
            for look in looks:
                await look(1)
        statements.append(asked.copy())
        asked.clear()
    assert len(statements[1]) == len(looks)
    assert statements[1] == statements[2]


async def test_pay_that_changed_is_told_and_nothing_else_wakes(context: Context):
    with context.lookout.waiting(7, 1) as paid, context.lookout.waiting(8, 1) as other:
        for worker_id in (7, 8):
            context.presence.note_purse(worker_id, (0, 0))
        async with context.cells.pool(1).acquire() as db:
            await db.execute("INSERT INTO wallet (cell, worker_id, payable_micros) VALUES (1, 7, 5)")
        await context.lookout._look_at_purses(1)
        assert paid.is_set()
        assert not other.is_set()


async def test_a_call_that_shows_pay_does_not_keep_it_from_a_stream(context: Context):
    """What a page or a call showed, an open stream has not shown yet."""
    hand = await factories.hand(context)
    worker_id = hand.worker.worker_id
    with context.lookout.waiting(worker_id, 1) as event:
        desk = WorkerDesk(context)
        await desk.streamed_session(hand.worker)
        async with context.cells.pool(1).acquire() as db:
            await db.execute("INSERT INTO wallet (cell, worker_id, payable_micros) VALUES (1, $1, 5)", worker_id)
        assert (await desk.session(hand.worker)).payable_micros == 5
        await context.lookout._look_at_purses(1)
        assert event.is_set()
        with context.lookout.waiting(worker_id, 1) as other:
            await desk.streamed_session(hand.worker)
            assert other.is_set()


async def test_a_database_that_is_away_keeps_nobody_elsewhere_from_being_looked_for(context: Context):
    async with asyncpg.create_pool("postgresql://nobody@127.0.0.1:1/nowhere", min_size=0) as dead:
        alive = context.cells.pool(1)
        cells = Cells(alive, {1: dead, 2: alive})
        lookout = Lookout(cells, context.notifier, context.presence, context.lookups, context.node_id)
        with lookout.waiting(7, 2) as event:
            context.presence.note_desk(7, ((1, 5, 1, None),))  # nothing lies there any more
            async with asyncio.timeout(ENOUGH_SECONDS):
                await event.wait()
        await lookout.stop()


async def test_a_desk_that_is_as_it_was_seen_wakes_nobody(context: Context):
    hand = await factories.hand(context)
    await WorkerDesk(context).online(hand.worker)
    await factories.submit(context, await factories.customer(context))
    taken = await factories.taken(context, hand)
    with context.lookout.waiting(hand.worker.worker_id, 1) as event:
        await context.lookout._look_at_desks(1)
        assert not event.is_set()
        await _lapse(context, taken.lease.task_id)
        await context.lookout._look_at_desks(1)
        assert event.is_set()


async def _lapse(context: Context, task_id: int) -> None:
    async with context.cells.pool(1).acquire() as db:
        done: str = await db.execute(
            "UPDATE work SET lease_until = now() WHERE task_id = $1 AND state = $2", task_id, WorkState.LEASED
        )
    assert done == "UPDATE 1"


async def test_while_nobody_waits_nothing_is_looked_at_and_then_everything_again(context: Context):
    """Looks end when they next wake, each at its time; who comes between two of these is looked for by all."""
    for n, (look, _, told) in enumerate(context.lookout._kinds):
        context.lookout._kinds[n] = (look, 0.01 if n else 3600.0, told)
    with context.lookout.waiting(7, 1):
        slow, *quick = context.lookout._looks.values()
        assert len(quick) == len(context.lookout._kinds) - 1
        await asyncio.sleep(0)  # all begin
    await _all_end(quick)
    assert not slow.done()
    with context.lookout.waiting(7, 1):
        assert not [look for look, task in context.lookout._looks.items() if task.done()]


async def _all_end(tasks: Iterable["asyncio.Task[None]"]) -> None:
    async with asyncio.timeout(ENOUGH_SECONDS):
        await asyncio.gather(*tasks)


async def test_who_only_practises_is_where_they_are_thought_to_be(context: Context):
    """They have no queue; without that being known each look would wake them."""
    await open_training(context, 3)
    hand = await factories.hand(context)
    await fall_below(context, hand)
    assert isinstance(await PracticeDesk(context).begin(hand.worker, 1), Practice)
    with context.lookout.waiting(hand.worker.worker_id, 1) as event:
        assert await WorkerDesk(context).attach(hand.worker)
        event.clear()
        await context.lookout._look_at_presences(1)
        assert not event.is_set()


async def test_rights_are_asked_for_at_a_word_and_now_and_then(context: Context, monkeypatch: pytest.MonkeyPatch):
    """A word that comes while the database is away is not lost."""
    asked: list[object] = []

    async def ended_secrets(*given: object) -> list[bytes]:
        asked.append(given)
        if len(asked) == 3:
            raise OSError
        return []

    monkeypatch.setattr("manyeyes.workers.waiting.ended_secrets", ended_secrets)
    lookout = context.lookout
    with lookout.holding(Right((b"secret",), 7), asyncio.Event()):
        await lookout._look_at_rights()
        await lookout._look_at_rights()
        assert len(asked) == 1
        lookout._rights_seen -= RIGHTS_SECONDS
        await lookout._look_at_rights()
        assert len(asked) == 2
        lookout.tell_changed()
        with pytest.raises(OSError, match=r"^$"):
            await lookout._look_at_rights()
        await lookout._look_at_rights()
        await lookout._look_at_rights()
        assert len(asked) == 4
        assert lookout._rights_seen > -math.inf


async def test_who_is_known_to_ask_is_written_down_anew_when_it_changes(context: Context):
    presence = context.presence
    assert presence.told_text(1) == presence.told_text(2) == "{}"
    presence.touch(7, 1)
    assert presence.told_text(1) == "{}"
    presence.note_attached(7, 1)
    presence.note_attached(8, 1)
    assert presence.told_text(1) == "{7,8}"
    presence.note_changed(7)
    assert presence.told_text(1) == "{8}"
    presence.touch(8, 2)
    assert (presence.told_text(1), presence.told_text(2)) == ("{}", "{8}")
    presence.forget(8)
    assert presence.told_text(2) == "{}"
