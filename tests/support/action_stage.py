"""A cell on a real PostgreSQL in which a test plays actions at instants of its own choice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg

from manyeyes.actions.answer_tasks import Answered, AnswerTask, answer_tasks
from manyeyes.actions.attach_workers import AttachWorker, attach_workers
from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.check_books import NO_ZONES, BooksAudit, check_books
from manyeyes.actions.file_complaints import FileComplaint, Filed, file_complaints
from manyeyes.actions.go_online import GoOnline, go_online
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.open_accounts import OpenAccount, open_accounts
from manyeyes.actions.return_lapsed_leases import ReturnLapsedLeases, return_lapsed_leases
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk, show_desks
from manyeyes.actions.skip_tasks import Skipped, SkipTask, skip_tasks
from manyeyes.actions.submit_tasks import SubmitTask, Submitted, submit_tasks
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.allow_list import store as allow_list
from manyeyes.allow_list.rules import Standing
from manyeyes.db.migrate import SQL
from manyeyes.db.pool import Cells
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.leases import desk_order
from manyeyes.dispatch.store import Work
from manyeyes.reports.rules import Slot, Vote
from manyeyes.runtime.batching import Action, Command, Outcome, carry_out
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import ImageOptions, QueueTerms
from manyeyes.values.refusals import Refusal
from manyeyes.workers.rules import SkipReason
from support import factories
from support.cell_tables import TABLES

Given = ParamSpec("Given")
Found = TypeVar("Found")
Read = Callable[Concatenate[asyncpg.Connection, Given], Awaitable[Found]]
PRICE, PAY = 700, 500  # micros, as the first rows of `queue` say
LEASE_SECONDS, LIFE_SECONDS = 60, 600
PICTURE = factories.picture()
SEATS = 500_000  # from here on the cell numbers seats


class Stage:
    """One cell, one clock that only the test moves, and the actions on it."""

    def __init__(self, cells: Cells, cell: int, now: datetime, queues: dict[int, QueueTerms]) -> None:
        self.cells, self.pool = cells, cells.directory
        self.cell, self.now, self.queues = cell, now, queues
        self._number = 0

    def number(self) -> int:
        """Return a fresh id: of an account, a worker, a task or a top-up."""
        self._number += 1
        return self._number

    def later(self, seconds: float) -> None:
        """Move the clock forward."""
        self.now += timedelta(seconds=seconds)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """Yield a connection in a transaction of its own, committed at the end; each statement goes at once."""
        async with self.pool.acquire() as tx, tx.transaction():
            yield tx

    async def act(self, action: Action[Command, Outcome], *commands: Command) -> list[Outcome]:
        """Run one batch in a transaction of its own and return its outcomes."""
        return list(await carry_out(self.cells, action, self.cell, commands, self.now))

    async def read(self, read: Read[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
        """Return what a store's read finds."""
        async with self.pool.acquire() as db:
            return await read(db, *given, **named)

    async def rows(self, table: str, columns: str = "*", where: str = "true") -> list[dict[str, Any]]:
        """Return this cell's rows of a table, in the order of their columns."""
        found = await self.pool.fetch(f"SELECT {columns} FROM {table} WHERE cell = $1 AND {where}", self.cell)
        return sorted((dict(row) for row in found), key=lambda row: str(list(row.values())))

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Return all that the cell holds, to see that nothing changed."""
        return {table: await self.rows(table) for table in TABLES}

    async def change(self, statement: str, *arguments: object) -> None:
        """Run one statement whose $1 is the cell."""
        await self.pool.execute(statement, self.cell, *arguments)

    async def set_queue(self, queue_id: int = 1, **terms: int) -> None:
        """Change a queue's terms for the tasks that come from now on."""
        async with self.pool.acquire() as db:
            await tasks.set_queue(db, queue_id, **terms)
            self.queues = await tasks.queues(db)

    async def books(
        self, time_zones: Mapping[int, str] = NO_ZONES, trusted: Sequence[bytes] = (), *, is_whole: bool = False
    ) -> BooksAudit:
        """Prove the books; ``time_zones``: of recognitions' apps, by number; ``trusted``: keys of seals."""
        async with self.pool.acquire() as db:
            return await check_books(db, self.cell, time_zones, trusted, is_whole=is_whole)

    async def available(self, account_id: int) -> int:
        """Return what an account may still spend, in micros."""
        (row,) = await self.rows("balance", "available_micros", f"account_id = {account_id}")
        return int(row["available_micros"])

    async def account(self, micros: int = 1_000_000) -> int:
        """Open an account with this much to spend."""
        account_id = self.number()
        await self.open(account_id)
        if micros:
            await self.act(top_up_accounts, TopUp(self.cell, self.number(), account_id, micros))
        return account_id

    async def open(self, account_id: int) -> None:
        """Open the account with this id and no money."""
        await self.act(open_accounts, OpenAccount(self.cell, account_id, f"customer {account_id}"))

    async def worker(self, *queues: int) -> int:
        """Bring a new worker online and return their id."""
        worker_id = self.number()
        await self.come(worker_id, *queues)
        return worker_id

    async def come(self, worker_id: int, *queues: int) -> None:
        """Bring a worker online in these queues, by default in queue 1; they ask for tasks."""
        await self.come_silently(worker_id, *queues)
        await self.ask(worker_id)

    async def come_silently(self, worker_id: int, *queues: int) -> None:
        """Bring a worker online in these queues, by default in queue 1, who does not ask for tasks yet."""
        await self.act(go_online, GoOnline(self.cell, worker_id, 1, queues or (1,), ("en",)))

    async def crowd(self, count: int = 5, *queues: int) -> None:
        """Bring so many others online, in queue 1 by default, whose desks are full: they are there and take nothing."""
        for _ in range(count):
            worker_id = await self.worker(*queues)
            await self.change("UPDATE session SET held = 2 WHERE cell = $1 AND worker_id = $2", worker_id)

    async def ask(self, worker_id: int) -> None:
        """Let a worker ask for tasks from now on: a call or a stream of theirs is open."""
        await self.act(attach_workers, AttachWorker(self.cell, worker_id, 1))

    async def look(self, *worker_ids: int) -> None:
        """Show workers what lies on their desks."""
        if worker_ids:
            await self.act(show_desks, *[ShowDesk(self.cell, worker_id) for worker_id in worker_ids])

    def submitting(self, account_id: int, **given: Any) -> SubmitTask:
        """Return the command that submits one task."""
        values: dict[str, Any] = {
            "cell": self.cell,
            "task_id": given.get("task_id") or self.number(),
            "account_id": account_id,
            "queue": self.queues[given.pop("queue_id", 1)],
            "options": ImageOptions(),
            "picture": PICTURE,
            "life_seconds": LIFE_SECONDS,
        }
        return SubmitTask(**{**values, **given})

    async def submit(self, account_id: int, **given: Any) -> int:
        """Submit one task, which must be taken, and return its id."""
        (outcome,) = await self.act(submit_tasks, self.submitting(account_id, **given))
        assert isinstance(outcome, Submitted), outcome
        return outcome.task_id

    async def think(self, account_id: int, worker_id: int, *, filtered: bool = False) -> None:
        """Let an account list a worker, or filter them, from now on for an hour."""
        async with self.transaction() as tx:
            await allow_list.save_standings(tx, self.now, self.cell, [Standing(account_id, worker_id, filtered)])

    async def hand_out(self, queue_id: int = 1) -> tuple[int, ...]:
        """Match one queue, show what was laid on desks, and return whose desks changed."""
        worker_ids = await self.match(queue_id)
        await self.look(*worker_ids)
        return worker_ids

    async def match(self, queue_id: int = 1) -> tuple[int, ...]:
        """Match one queue and return whose desks changed; nobody looks at them."""
        (handed,) = await self.act(hand_out, HandOut(self.cell, queue_id))
        return tuple(handed.worker_ids)

    async def return_lapsed(self) -> None:
        """Give leases back whose time is over."""
        await self.act(return_lapsed_leases, ReturnLapsedLeases(self.cell))

    async def desk(self, worker_id: int) -> list[Work]:
        """Return what a worker holds, the current task first."""
        async with self.transaction() as tx:
            return sorted(await dispatch.lock_leased(tx, self.cell, [worker_id]), key=desk_order)

    async def lease(self, worker_id: int) -> LeaseId:
        """Return the fence of what the worker looks at now."""
        return self.lease_of((await self.desk(worker_id))[0])

    def lease_of(self, work: Work) -> LeaseId:
        """Return the fence of a piece of work."""
        return LeaseId(self.cell, work.task_id, work.lease)

    def answering(self, worker_id: int, lease: LeaseId, text: str = "12345", seed: bytes = b"") -> AnswerTask:
        """Return the command that answers a task."""
        return AnswerTask(self.cell, worker_id, lease, text, seed)

    async def answer(
        self, worker_id: int, lease: LeaseId, text: str = "12345", seed: bytes = b""
    ) -> Answered | Refusal:
        """Answer a task; with a ``seed`` what it completes may be drawn for an audit."""
        (outcome,) = await self.act(answer_tasks, self.answering(worker_id, lease, text, seed))
        return outcome

    async def skip(
        self, worker_id: int, lease: LeaseId, reason: SkipReason = SkipReason.UNREADABLE
    ) -> Skipped | Refusal:
        """Pass a task on."""
        (outcome,) = await self.act(skip_tasks, SkipTask(self.cell, worker_id, lease, reason))
        return outcome

    async def go(self, worker_id: int, *, offline: bool = True) -> tuple[int, ...]:
        """Let a worker leave; return the queues that their tasks went back to."""
        (queue_ids,) = await self.act(leave, Leave(self.cell, worker_id, offline))
        return tuple(queue_ids)

    def complaining(self, account_id: int, task_id: int, **given: Any) -> FileComplaint:
        """Return the command that complains about an answer."""
        return FileComplaint(cell=self.cell, account_id=account_id, task_id=task_id, queues=self.queues, **given)

    async def complain(self, account_id: int, task_id: int, **given: Any) -> Filed | Refusal:
        """Complain about an answer."""
        (outcome,) = await self.act(file_complaints, self.complaining(account_id, task_id, **given))
        return outcome

    async def take(self, reviewer_id: int, *queues: int) -> Slot | None:
        """Let a reviewer ask for a complaint."""
        (slot,) = await self.act(take_slots, TakeSlot(self.cell, reviewer_id, queues or (1,)))
        assert not isinstance(slot, Refusal), slot
        return slot

    def voting(self, slot: Slot, vote: str = "confirm", reason: str = "wrong", undo_seconds: float = 0) -> CastVote:
        """Return the command by which the slot's holder votes."""
        said: dict[str, Any] = {"vote": Vote(vote), "reason": reason, "undo_seconds": undo_seconds}
        slot_id = SlotId(self.cell, slot.task_id, slot.n, slot.lease)
        return CastVote(cell=self.cell, reviewer_id=slot.reviewer_id, slot=slot_id, **said)

    async def vote(self, slot: Slot, vote: str = "confirm", reason: str = "wrong", **given: float) -> Voted | Refusal:
        """Vote as the slot's holder."""
        return (await self.act(cast_votes, self.voting(slot, vote, reason, **given)))[0]

    async def judge(self, *votes: str) -> list[Voted]:
        """Let so many new reviewers judge the oldest open complaint, one after the other."""
        outcomes = []
        for vote in votes:
            slot = await self.take(self.number())
            assert slot is not None
            outcome = await self.vote(slot, vote)
            assert isinstance(outcome, Voted), outcome
            outcomes.append(outcome)
        return outcomes

    async def dispute(self, account_id: int, worker_id: int, *votes: str) -> int:
        """Run a task life, complain about its answer, have it judged; return the task's id."""
        task_id = await self.solve(account_id, worker_id)
        filed = await self.complain(account_id, task_id)
        assert isinstance(filed, Filed), filed
        await self.judge(*votes)
        return task_id

    async def solve(self, account_id: int, worker_id: int, **given: Any) -> int:
        """Run one whole task life of a worker with an empty desk, and return the task's id."""
        task_id = await self.submit(account_id, **given)
        await self.hand_out(given.get("queue_id", 1))
        outcome = await self.answer(worker_id, await self.lease(worker_id))
        assert isinstance(outcome, Answered), outcome
        assert outcome.task_id == task_id
        return task_id


async def set_stage(pool: asyncpg.Pool, cell: int = 1) -> Stage:
    """Return a stage on an empty, prepared database; its clock begins at the database's."""
    async with pool.acquire() as db:
        await db.execute(SQL.open_cell, cell)
        await db.execute("UPDATE cell SET next_serial = $2 WHERE cell = $1", cell, SEATS)  # a test's own ids are below
        queues = await tasks.queues(db)
        await dispatch.open_gates(db, cell, list(queues))
        now = await db.fetchval("SELECT now()")
    cells = Cells(pool, {cell: pool})
    await cells.find_functions()
    return Stage(cells, cell, now, queues)
