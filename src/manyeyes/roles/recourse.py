"""What customers, workers and reviewers do about reports, alike for the JSON API and the screens."""

import asyncio
import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from manyeyes.accounts.store import Owner
from manyeyes.actions.cast_votes import CastVote, SlotId, cast_votes
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.return_lapsed_slots import ReturnLapsedSlots, return_lapsed_slots
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.ledger import store as ledger
from manyeyes.reports import slots, store
from manyeyes.reports.rules import LONGEST_APPEAL, LONGEST_REASON, ReportState, Slot, Vote
from manyeyes.reports.store import Record, RefusedReport, Told
from manyeyes.roles.told import (
    REFUSED,
    AppealFiled,
    GivenAnswer,
    Looked,
    ReportsView,
    ReportView,
    ReviewerView,
    ReviewTask,
    SlotView,
    VoteView,
    WorkerReportsView,
    WorkerReportView,
    clean,
    customers_view,
    look_up,
    options_of,
    queue_view,
    record_view,
    workers_view,
)
from manyeyes.roles.worker import LONGEST_WAIT, LOOK_AGAIN_SECONDS, rest
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.rules import wire_id
from manyeyes.values.money import number
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import may_judge
from manyeyes.workers.store import Worker

LARGEST_PAGE = 200
WORKERS_REPORTS = 100
STATES = (*(state.name.lower() for state in ReportState), REFUSED)
_EPOCH = datetime.fromtimestamp(0, UTC)
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_SLOT = re.compile(r"(\d{1,9})-(\d{1,18})-(\d)-(\d{1,9})")
_CURSOR = re.compile(r"(\d{1,17})_(-?\d{1,18})_(\d)")


class ReviewDesk:
    """The desk of signed-in reviewers in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def next(self, worker: Worker, wait_seconds: float) -> SlotView | Refusal | None:
        """Return what the reviewer has before him, waiting up to ``wait_seconds`` for it; None when nothing came."""
        deadline = asyncio.get_running_loop().time() + min(max(wait_seconds, 0.0), LONGEST_WAIT)
        event = self._context.notifier.subscribe(EVERY_REVIEWER)
        try:
            while True:
                event.clear()
                found = await self._take(worker.worker_id)
                left = deadline - asyncio.get_running_loop().time()
                if found is not None or left <= 0:
                    return found
                await rest(event, min(left, LOOK_AGAIN_SECONDS))
        finally:
            self._context.notifier.unsubscribe(EVERY_REVIEWER, event)

    async def vote(self, worker: Worker, slot: str, verdict: Vote, reason: str = "") -> VoteView | Refusal:
        """Judge a complaint; return what that earned and what comes next. A lost slot is refused with `slot_lost`."""
        slot_id = parse_slot(slot)
        if not worker.reviewer:
            return _NO_REVIEWER
        if slot_id is None or slot_id.cell not in self._context.cells.numbers:
            return Refusal(Reason.SLOT_LOST, "this is no slot of yours")
        command = CastVote(slot_id.cell, worker.worker_id, slot_id, verdict, clean(reason, LONGEST_REASON))
        outcome = await self._context.batcher.ask(cast_votes, command)
        if isinstance(outcome, Refusal):
            return outcome
        upcoming = await self._take(worker.worker_id)
        return VoteView(number(outcome.earned_micros), None if isinstance(upcoming, Refusal) else upcoming)

    async def leave(self, worker: Worker) -> None:
        """Give back at once what the reviewer has before him."""
        for cell in self._context.cells.numbers:
            await self._context.batcher.ask(return_lapsed_slots, ReturnLapsedSlots(cell, worker.worker_id))
        self._context.notifier.notify([EVERY_REVIEWER])

    async def session(self, worker: Worker) -> ReviewerView | Refusal:
        """Return what the reviewer did today."""
        if not worker.reviewer:
            return _NO_REVIEWER
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        votes = earned = payable = 0
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                count, micros = await slots.reviewer_since(db, cell, worker.worker_id, midnight)
                payable += await ledger.worker_payable(db, cell, worker.worker_id)
            votes, earned = votes + count, earned + micros
        return ReviewerView(worker.worker_id, worker.name, votes, number(earned), number(payable))

    async def _take(self, worker_id: int) -> SlotView | Refusal | None:
        """Return what lies before the reviewer, else a fresh slot of any cell; he may have been disabled meanwhile."""
        worker = await self._context.lookups.worker(worker_id)
        if worker is None or not worker.reviewer:
            return _NO_REVIEWER
        queues = await self._context.lookups.queues()
        terms = {q.queue_id: (q.language, q.sensitive) for q in queues.values()}
        queue_ids = tuple(may_judge(worker.languages, worker.queues, terms))
        for cell in await self._cells(worker_id):
            slot = await self._context.batcher.ask(take_slots, TakeSlot(cell, worker_id, queue_ids))
            if slot is not None:
                return await self._view(cell, slot)
        return None

    async def _cells(self, worker_id: int) -> list[int]:
        """Return the cells to look in, in any order; only one when something of it lies before him already."""
        numbers = self._context.cells.numbers
        for cell in numbers if len(numbers) > 1 else []:
            if await self._context.batcher.read(_holds, cell, worker_id):
                return [cell]
        return random.sample(numbers, len(numbers))

    async def _view(self, cell: int, slot: Slot) -> SlotView:
        question, text = await self._context.batcher.read(_judged, cell, slot.task_id)
        assert slot.lease_until is not None
        task = ReviewTask(
            question.kind,
            options_of(question),
            self._context.pictures.path(cell, question.task_id, question.created_at, question.media),
            await queue_view(self._context, slot.queue_id),
        )
        slot_id = SlotId(cell, slot.task_id, slot.n, slot.lease)
        return SlotView(str(slot_id), slot.lease_until, number(slot.pay_micros), task, GivenAnswer(text))


def parse_slot(slot: str) -> SlotId | None:
    """Return the fence that ``cell-task-n-number`` names; None for any other text."""
    found = _SLOT.fullmatch(slot)
    return SlotId(*map(int, found.groups())) if found else None


async def reports_of(
    context: Context, owner: Owner, *, limit: int = 50, before: str = "", state: str = ""
) -> ReportsView | Refusal:
    """Return a page of an account's reports and refused reports, newest first; ``state``: one of `STATES`, or all."""
    place = _place(before)
    if place is None:
        return Refusal(Reason.UNREADABLE, "before must be what another page gave as next")
    if state and state not in STATES:
        return Refusal(Reason.UNREADABLE, f"state must be one of {', '.join(STATES)}")
    limit = min(max(limit, 1), LARGEST_PAGE)

    async def read(db: asyncpg.Connection) -> tuple[list[Told | RefusedReport], Looked, Record]:
        page = await _page(db, owner, place, state, limit + 1)
        record = (await store.reporters(db, owner.cell, [owner.account_id])).get(owner.account_id, Record())
        return page, await look_up(db, owner.cell, page[:limit]), record

    page, looked, record = await read_patiently(context.cells.pool(owner.cell), read)
    views = [await customers_view(context, owner.cell, report, looked) for report in page[:limit]]
    return ReportsView(views, _cursor(page[limit - 1]) if len(page) > limit else None, record_view(record))


async def report_of(context: Context, owner: Owner, task_id: int) -> ReportView | Refusal:
    """Return an account's report on the task with this wire id, else why the last one was refused."""
    serial = await context.id_blocks.of_wire(owner.cell, task_id)

    async def read(db: asyncpg.Connection) -> tuple[Told | RefusedReport | None, Looked]:
        found = await store.report_of(db, owner.cell, owner.account_id, serial)
        return found, await look_up(db, owner.cell, [found] if found else [])

    found, looked = await read_patiently(context.cells.pool(owner.cell), read)
    if found is None:
        return Refusal(Reason.UNKNOWN_REPORT, f"there is no report of yours on task {task_id}")
    return await customers_view(context, owner.cell, found, looked)


async def worker_reports(context: Context, worker: Worker) -> WorkerReportsView:
    """Return the complaints about a worker's answers that reviewers have or have confirmed, newest first."""
    views: list[WorkerReportView] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> tuple[list[Told], Looked]:
            found = await store.reports_against(db, cell, worker.worker_id, WORKERS_REPORTS)
            return found, await look_up(db, cell, found)

        found, looked = await read_patiently(context.cells.pool(cell), read)
        views += [
            await workers_view(context, cell, report, looked) for report in found if report.task_id in looked.questions
        ]
    return WorkerReportsView(sorted(views, key=lambda view: view.filed_at, reverse=True)[:WORKERS_REPORTS])


async def appeal(context: Context, worker: Worker, task_id: int, words: str) -> AppealFiled | Refusal:
    """Ask the operator to look at a verdict against the worker's answer to the task with this wire id: once.

    Cells number their tasks each for itself: of two with this number, the first that he may appeal against is meant.
    """
    words = clean(words, LONGEST_APPEAL)
    if not words:
        return Refusal(Reason.UNREADABLE, "say in words why the answer was right")
    outcome: Refusal = Refusal(Reason.UNKNOWN_REPORT, f"there is no complaint about an answer of yours to {task_id}")
    for cell in context.cells.numbers:
        serial = await context.id_blocks.of_wire(cell, task_id)
        filed = await context.batcher.ask(file_appeals, FileAppeal(cell, worker.worker_id, serial, words))
        if not isinstance(filed, Refusal):
            return AppealFiled(wire_id(filed.task_id), number(filed.pay_micros))
        outcome = filed if outcome.reason is Reason.UNKNOWN_REPORT else outcome
    return outcome


async def _holds(db: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[bool]:
    """Gathered read: whether each reviewer has something before him."""
    now = await db.fetchval("SELECT now()")
    held = await slots.held(db, now, cell, set(reviewer_ids))
    return [reviewer_id in held for reviewer_id in reviewer_ids]


async def _judged(db: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> list[tuple[TaskQuestion, str]]:
    """Gathered read: what was asked and what was answered."""
    ids = sorted(set(task_ids))
    questions, answers = await history.questions(db, cell, ids), await history.answers(db, cell, ids)
    return [(questions[task_id], answers.get(task_id, "")) for task_id in task_ids]


async def _page(
    db: asyncpg.Connection, owner: Owner, place: tuple[datetime, int, int], state: str, limit: int
) -> list[Told | RefusedReport]:
    """Merge reports with refused ones. At one instant and task a refused one comes first: its rank is its kind + 1."""
    at, task_id, rank = place
    page: list[Told | RefusedReport] = []
    if state != REFUSED:
        wanted = ReportState[state.upper()] if state else None
        before = (at, task_id + (rank > 0))
        page += await store.reports_of(db, owner.cell, owner.account_id, before, wanted, limit)
    if state in ("", REFUSED):
        page += await store.refused_of(db, owner.cell, owner.account_id, (at, task_id, rank - 1), limit)
    return sorted(page, key=_order, reverse=True)[:limit]


def _order(report: Told | RefusedReport) -> tuple[datetime, int, int]:
    if isinstance(report, Told):
        return report.filed_at, report.task_id, 0
    return report.at, report.task_id, report.kind + 1


def _cursor(last: Told | RefusedReport) -> str:
    at, task_id, rank = _order(last)
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}_{task_id}_{rank}"


def _place(before: str) -> tuple[datetime, int, int] | None:
    """Return where a page begins; None for what is no cursor."""
    if not before:
        return _FOREVER, 0, 0
    found = _CURSOR.fullmatch(before)
    if not found:
        return None
    at, task_id, rank = map(int, found.groups())
    return _EPOCH + timedelta(microseconds=at), task_id, rank


_NO_REVIEWER = Refusal(Reason.NOT_REVIEWER, "you are no reviewer here; the operator of this installation appoints them")
