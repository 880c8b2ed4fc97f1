"""The product's actions without its edges: one account, one worker and one queue on a database nobody else uses."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from bench.wire import picture
from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.submit_tasks import SubmitTask, submit_tasks
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.db.pool import FIRST_CELL
from manyeyes.dispatch import store as dispatch
from manyeyes.tasks import store as tasks
from manyeyes.tasks.pictures import inspect
from manyeyes.tasks.rules import ImageOptions, QueueTerms
from manyeyes.workers.breaks import store as breaks


class Actors(msgspec.Struct, frozen=True):
    """Ids of an account, a worker and a queue."""

    account: int
    worker: int
    queue: int


async def settle(db: asyncpg.Connection, actors: Actors) -> None:
    """Open the queue and the account, with plenty of money; the worker comes online and is idle."""
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        await tasks.add_queue(
            db,
            QueueTerms(
                queue_id=actors.queue,
                name=f"queue {actors.queue}",
                language="en",
                price_micros=700,
                pay_micros=500,
                capacity=100_000,
                lease_seconds=60,
            ),
        )
        await dispatch.open_gates(db, FIRST_CELL, [actors.queue])
        await open_accounts(db, now, [OpenAccount(FIRST_CELL, actors.account, f"account {actors.account}")])
        await top_up_accounts(db, now, [TopUp(FIRST_CELL, actors.account, actors.account, 10**15)])
        await breaks.go_online(db, now, FIRST_CELL, [(actors.worker, 1, [actors.queue], ["en"])])


async def submission(db: asyncpg.Connection, actors: Actors, task: int) -> SubmitTask:
    """Return the command that submits a 10 KB picture."""
    return SubmitTask(
        cell=FIRST_CELL,
        task_id=task,
        account_id=actors.account,
        queue=(await tasks.queues(db))[actors.queue],
        options=ImageOptions(),
        picture=inspect(picture()),  # type: ignore[arg-type]
        life_seconds=600,
        ip="127.0.0.1",
        language_pool="en",
    )


async def live(db: asyncpg.Connection, actors: Actors, task: int) -> dict[str, float]:
    """Let a task live as the edges ask for it, a transaction a step; return the steps' seconds by name."""
    seconds: dict[str, float] = {}

    async def step(name: str, act: Callable[[asyncpg.Connection, datetime], Awaitable[Any]]) -> Any:
        began = time.perf_counter()
        async with db.transaction():
            outcome = await act(db, await db.fetchval("SELECT now()"))
        seconds[name] = time.perf_counter() - began
        return outcome

    command = await submission(db, actors, task)
    await step("createTask", lambda tx, now: submit_tasks(tx, now, [command]))
    await step("early poll", lambda tx, _: tasks.progress(tx, FIRST_CELL, [(actors.account, task)]))
    await step("hand_out", lambda tx, now: hand_out(tx, now, [HandOut(FIRST_CELL, actors.queue)]))
    (held,) = await dispatch.desks(db, FIRST_CELL, [actors.worker])
    await step("show", lambda tx, now: show_desks(tx, now, [ShowDesk(FIRST_CELL, actors.worker)]))
    answer = AnswerTask(FIRST_CELL, actors.worker, LeaseId(FIRST_CELL, task, held.lease), "12345")
    (answered,) = await step("answer", lambda tx, now: answer_tasks(tx, now, [answer]))
    assert isinstance(answered, Answered), answered
    await step("poll", lambda tx, _: tasks.progress(tx, FIRST_CELL, [(actors.account, task)]))
    return seconds


async def finish(db: asyncpg.Connection, actors: Actors, task: int) -> None:
    """Let a task live its whole life: submitted, handed out, answered."""
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        await submit_tasks(db, now, [await submission(db, actors, task)])
        await hand_out(db, now, [HandOut(FIRST_CELL, actors.queue)])
        (held,) = await dispatch.desks(db, FIRST_CELL, [actors.worker])
        lease = LeaseId(FIRST_CELL, task, held.lease)
        (answered,) = await answer_tasks(db, now, [AnswerTask(FIRST_CELL, actors.worker, lease, "12345")])
        assert isinstance(answered, Answered), answered


async def copies(db: asyncpg.Connection, table: str, where: str, changed: dict[str, str], series: str) -> str:
    """Return a statement that copies the row ``where`` once per ``n`` of ``series``, ``changed`` giving new values.

    So a million rows are what the product itself wrote once, whatever columns the table has.
    """
    columns = [r["attname"] for r in await db.fetch(_COLUMNS, table)]
    values = ", ".join(changed.get(column, f"one.{column}") for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
        f"FROM (SELECT * FROM {table} WHERE {where}) AS one CROSS JOIN {series} AS n"
    )


_COLUMNS = """SELECT attname FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
