"""A customer's statement of any span: where their money stood, what moved it, where it stands, and whether it adds up.

Told alike on the page, over /v1, as a file and on the command line. Money that is held for open tasks is still theirs:
a charge takes it when its task ends, a refund brings it when it is given (docs/decisions/0050).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.ledger import statements
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.statements import FIRST_PLACE, KindSum, LedgerEntry
from manyeyes.recognitions.time_spans import LATEST
from manyeyes.roles.customer.spending_filters import SpendingFilters
from manyeyes.roles.customer.statement_span import StatementSpan
from manyeyes.runtime.context import Context
from manyeyes.statistics import charges as statistics
from manyeyes.statistics.charges import Charges, WorkCharges
from manyeyes.tasks.rules import wire_id
from manyeyes.values.time_window import Window

STREAMED = 500  # entries read at a time: a long file holds no snapshot open, and others are served between
EVERYTHING: SpendingFilters = {"queue_id": None, "soft_id": None, "ip": None}
# What a statement calls its entries, for programs.
NAMES = {
    TransferKind.TOP_UP: "top_up",
    TransferKind.SETTLE: "task",
    TransferKind.REFUND: "refund",
    TransferKind.SHARE_PAY_OUT: "share",
    TransferKind.RECOGNITION: "recognition",
}
EntryPlace = tuple[datetime, tuple[int, int, int]]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a time moved, in micro-units, all of it zero or above; ``tasks`` were charged in it."""

    tasks: int
    task_micros: int
    recognition_micros: int
    refunded_micros: int
    topped_up_micros: int
    share_micros: int

    @property
    def charged_micros(self) -> int:
        """Return what was charged, for tasks and for recognitions."""
        return self.task_micros + self.recognition_micros

    @property
    def net_micros(self) -> int:
        """Return what was charged and not given back."""
        return self.charged_micros - self.refunded_micros

    @property
    def change_micros(self) -> int:
        """Return by how much the customer has more after it than before."""
        return self.topped_up_micros + self.share_micros - self.net_micros


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A day, or an hour of a short span, in the span's zone; ``balance_micros``: what the customer had at its end."""

    start: datetime
    end: datetime
    moved: Moved
    balance_micros: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The summary of a span.

    ``opening_micros`` is summed forward from the beginning, ``closing_micros`` is what the account has now less what
    moved since: they agree only if nothing was lost or counted twice. ``narrowed``: charges and refunds of what filters
    leave in each row; without filters of all.
    """

    span: StatementSpan
    opening_micros: int
    closing_micros: int
    rows: list[StatementRow]
    total: Moved
    narrowed: list[Charges]
    unexplained_micros: int


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry with the balance after it; ``task`` is the wire's number, 0 when no task caused it."""

    at: datetime
    kind: TransferKind
    task: int
    change_micros: int
    balance_micros: int
    place: EntryPlace

    @property
    def name(self) -> str:
        """Return what programs are told it is."""
        return NAMES[self.kind]

    @property
    def is_dropped(self) -> bool:
        """Tell whether it stands for the tasks that ended in a second of a month of which only the sums are kept."""
        return self.kind is TransferKind.SETTLE and not self.task

    @property
    def is_refund(self) -> bool:
        """Tell whether it is a refund of a complaint; that complaint has a page."""
        return self.kind is TransferKind.REFUND


async def read_statement(
    context: Context, owner: Owner, span: StatementSpan, filters: SpendingFilters = EVERYTHING
) -> Statement:
    """Return the summary of a span, read in one snapshot: a task that ends meanwhile makes no two figures disagree."""
    windows, (start, end) = span.windows(), span.window
    around = [Window(0, start), Window(end, int(LATEST.timestamp()))]
    async with (
        context.cells.pool(owner.cell).acquire() as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        charged = await statistics.charges(db, owner.cell, owner.account_id, [*around, *windows])
        before, since, *rows = await _moved(db, owner, [*around, *windows], charged)
        now = (await ledger.balances(db, owner.cell, [owner.account_id])).get(owner.account_id, 0)
        now += await queue_depths.held(db, owner.cell, owner.account_id)
        narrowed = every = charged[2:]
        if filters != EVERYTHING:
            narrowed = await statistics.charges(db, owner.cell, owner.account_id, windows, **filters)
    opening, closing = before.change_micros, now - since.change_micros
    total, refunded = _together(rows), sum(each.refunded_micros for each in every)
    return Statement(
        span=span,
        opening_micros=opening,
        closing_micros=closing,
        rows=_rows(span, windows, rows, opening),
        total=total,
        narrowed=narrowed,
        unexplained_micros=max(opening + total.change_micros - closing, total.refunded_micros - refunded, key=abs),
    )


async def read_entries(
    context: Context, owner: Owner, statement: Statement, before: EntryPlace | None, limit: int
) -> list[StatementEntry]:
    """Return the newest ``limit`` entries of a statement's span that stand before a place, newest first."""
    span = statement.span
    place = before or (span.end, FIRST_PLACE)
    async with (
        context.cells.pool(owner.cell).acquire() as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        found = await statements.newest(db, owner.cell, owner.account_id, span.start, place, limit)
        if not found:
            return []
        balance = statement.closing_micros
        if before:
            balance -= await _moved_after(db, owner, (found[0].at, found[0].place), span.end)
    entries = []
    for entry in found:
        entries.append(_entry(entry, balance))
        balance -= entry.change_micros
    return entries


async def every_entry(context: Context, owner: Owner, statement: Statement) -> AsyncIterator[list[StatementEntry]]:
    """Yield all entries of a statement's span, oldest first, some hundred at a time, new ones too."""
    pool, span = context.cells.pool(owner.cell), statement.span
    place, balance = (span.start, FIRST_PLACE), statement.opening_micros
    while True:
        async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
            found = await statements.oldest(db, owner.cell, owner.account_id, place, span.end, STREAMED)
        batch = []
        for entry in found:
            balance += entry.change_micros
            batch.append(_entry(entry, balance))
        if batch:
            yield batch
            place = batch[-1].place
        if len(found) < STREAMED:
            return


async def read_by_work(context: Context, owner: Owner, span: StatementSpan) -> list[WorkCharges]:
    """Return a span's charges and refunds of tasks by queue and job."""
    async with context.cells.pool(owner.cell).acquire() as db:
        return await statistics.charges_by_work(db, owner.cell, owner.account_id, span.start, span.end)


async def _moved(
    db: asyncpg.Connection, owner: Owner, windows: Sequence[Window], charged: Sequence[Charges]
) -> list[Moved]:
    """Return what each window moved: beside what was ``charged`` for tasks in it, all other entries; they are few."""
    others = _by_window(await statements.kind_sums(db, owner.cell, owner.account_id, windows), len(windows))
    return [
        Moved(
            tasks=tasks.tasks,
            task_micros=tasks.charged_micros,
            recognition_micros=other.get(TransferKind.RECOGNITION, 0),
            refunded_micros=other.get(TransferKind.REFUND, 0),
            topped_up_micros=other.get(TransferKind.TOP_UP, 0),
            share_micros=other.get(TransferKind.SHARE_PAY_OUT, 0),
        )
        for tasks, other in zip(charged, others, strict=True)
    ]


async def _moved_after(db: asyncpg.Connection, owner: Owner, place: EntryPlace, end: datetime) -> int:
    """Return what the entries after a place moved until ``end``: those of its second one by one, then whole seconds."""
    second, micros = await statements.rest_of_second(db, owner.cell, owner.account_id, place)
    if second < end:
        windows = [Window(int(second.timestamp()), int(end.timestamp()))]
        charged = await statistics.charges(db, owner.cell, owner.account_id, windows)
        (later,) = await _moved(db, owner, windows, charged)
        micros += later.change_micros
    return micros


def _by_window(sums: Sequence[KindSum], windows: int) -> list[dict[TransferKind, int]]:
    found: list[dict[TransferKind, int]] = [{} for _ in range(windows)]
    for each in sums:
        found[each.index][each.kind] = each.amount_micros
    return found


def _together(rows: Sequence[Moved]) -> Moved:
    return Moved(**{name: sum(getattr(row, name) for row in rows) for name in Moved.__struct_fields__})


def _rows(span: StatementSpan, windows: Sequence[Window], moved: Sequence[Moved], balance: int) -> list[StatementRow]:
    rows = []
    for (start, end), each in zip(windows, moved, strict=True):
        balance += each.change_micros
        begins, ends = (datetime.fromtimestamp(at, UTC).astimezone(span.zone) for at in (start, end))
        rows.append(StatementRow(start=begins, end=ends, moved=each, balance_micros=balance))
    return rows


def _entry(entry: LedgerEntry, balance: int) -> StatementEntry:
    task = wire_id(entry.cause_id) if entry.kind in (TransferKind.SETTLE, TransferKind.REFUND) else 0
    return StatementEntry(
        at=entry.at,
        kind=entry.kind,
        task=task,
        change_micros=entry.change_micros,
        balance_micros=balance,
        place=(entry.at, entry.place),
    )
