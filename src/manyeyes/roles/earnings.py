"""What a worker earned in a span, day by day and entry by entry, and as CSV; alike for the page and for /v1."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, tzinfo

import asyncpg
import msgspec

from manyeyes.ledger import earnings
from manyeyes.ledger.earnings import EarnedEntry, EarnedPlace, WaitingPay
from manyeyes.ledger.rules import TransferKind
from manyeyes.ledger.statements import FIRST_PLACE, KindSum
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values import money
from manyeyes.values.spreadsheet import csv_text
from manyeyes.values.time_window import Window

STREAMED = 1_000  # entries that are read at once for a file
MOST_PENDING = 100
DAY_COLUMNS = ("from", "to", "answers", "answers_pay", "reviews_pay", "appeals_pay", "taken_back", "earned", "paid_out")
ENTRY_COLUMNS = ("time", "kind", "task", "amount")
KINDS_OF_LINES = ("day", "entry")
EARNED_NAMES = {
    TransferKind.PAY: "answer",
    TransferKind.VOTE_PAY: "vote",
    TransferKind.JUDGEMENT_PAY: "decision",
    TransferKind.APPEAL_PAY: "appeal",
    TransferKind.CANCEL_PAY: "taken_back",
    TransferKind.VEST: "payable",
    TransferKind.ASK_PAYOUT: "requested",
    TransferKind.RETURN_PAYOUT: "returned",
    TransferKind.PAY_OUT: "paid",
}
# Which entries lead to each of the sums: "earned" is what the statement is of.
ENTRIES = {
    "earned": (
        *(TransferKind.PAY, TransferKind.VOTE_PAY, TransferKind.JUDGEMENT_PAY, TransferKind.APPEAL_PAY),
        TransferKind.CANCEL_PAY,
    ),
    "payable": (
        *(TransferKind.VEST, TransferKind.VOTE_PAY, TransferKind.JUDGEMENT_PAY, TransferKind.APPEAL_PAY),
        *(TransferKind.ASK_PAYOUT, TransferKind.RETURN_PAYOUT),
    ),
    "requested": (TransferKind.ASK_PAYOUT, TransferKind.RETURN_PAYOUT, TransferKind.PAY_OUT),
    "paid": (TransferKind.PAY_OUT,),
}
_LESS = {
    "earned": {TransferKind.CANCEL_PAY},
    "payable": {TransferKind.ASK_PAYOUT},
    "requested": {TransferKind.RETURN_PAYOUT, TransferKind.PAY_OUT},
    "paid": set[TransferKind](),
}
_OF_TASKS = {TransferKind.PAY, TransferKind.CANCEL_PAY, TransferKind.VEST}


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """What a time brought; all amounts are above zero. ``answers`` were paid, or will be."""

    answers: int = 0
    answer_micros: int = 0
    review_micros: int = 0
    appeal_micros: int = 0
    taken_back_micros: int = 0
    paid_out_micros: int = 0

    @property
    def earned_micros(self) -> int:
        """Return what was earned, less what was taken back."""
        return self.answer_micros + self.review_micros + self.appeal_micros - self.taken_back_micros


class EarningsEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it stands on a list: ``change_micros`` is below zero where the list's sum is less after it.

    ``task``: the wire's number; None where it is of no task.
    """

    at: datetime
    name: str
    kind: TransferKind
    task: int | None
    change_micros: int
    place: EarnedPlace


async def earned_in(context: Context, worker_id: int, windows: Sequence[Window]) -> list[Earned]:
    """Return what each window brought in all cells: read from an index, however long the history is."""
    totals: list[dict[TransferKind, tuple[int, int]]] = [{} for _ in windows]
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[KindSum]:
            return await earnings.earned_sums(db, cell, worker_id, windows)

        for each in await read_patiently(context.cells.pool(cell), read):
            entries, micros = totals[each.index].get(each.kind, (0, 0))
            totals[each.index][each.kind] = (entries + each.entries, micros + each.amount_micros)
    return [_earned(total) for total in totals]


async def entries_of(
    context: Context, worker_id: int, of: str, start: datetime, before: EarnedPlace, limit: int
) -> list[EarningsEntry]:
    """Return the newest ``limit`` entries that lead to a sum (``of``: a key of `ENTRIES`), before a place."""
    found: list[EarnedEntry] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[EarnedEntry]:
            async with db.transaction(isolation="repeatable_read", readonly=True):  # tasks may be dropped meanwhile
                return await earnings.earned_newest(
                    db, cell, worker_id, ENTRIES[of], start=start, before=before, limit=limit
                )

        found += await read_patiently(context.cells.pool(cell), read)
    newest = sorted(found, key=lambda entry: entry.place, reverse=True)[:limit]
    return [_entry(entry, of) for entry in newest]


async def pending_pay(context: Context, worker_id: int) -> list[WaitingPay]:
    """Return pay that is pending, of the newest tasks first, `MOST_PENDING` of each cell; tasks by wire numbers."""
    found: list[WaitingPay] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[WaitingPay]:
            return await earnings.pending_of(db, cell, worker_id, MOST_PENDING)

        found += await read_patiently(context.cells.pool(cell), read)
    return [msgspec.structs.replace(pay, task_id=wire_id(pay.task_id)) for pay in found]


async def earnings_csv(
    context: Context, worker_id: int, windows: Sequence[Window], zone: tzinfo, lines: str
) -> AsyncIterator[str]:
    """Yield a span's file in parts: a line for each day, oldest first, or (``lines`` "entry") entry, newest first."""
    if lines == "day":
        yield csv_text([DAY_COLUMNS, *_day_lines(windows, await earned_in(context, worker_id, windows), zone)])
        return
    yield csv_text([ENTRY_COLUMNS])
    start, end = (datetime.fromtimestamp(at, UTC) for at in (windows[0].start, windows[-1].end))
    before: EarnedPlace = (end, FIRST_PLACE)
    while True:
        found = await entries_of(context, worker_id, "earned", start, before, STREAMED)
        if found:
            yield csv_text(_entry_line(entry, zone) for entry in found)
            before = found[-1].place
        if len(found) < STREAMED:
            return


def _earned(total: dict[TransferKind, tuple[int, int]]) -> Earned:
    amount = {kind: micros for kind, (_, micros) in total.items()}
    return Earned(
        answers=total.get(TransferKind.PAY, (0, 0))[0],
        answer_micros=amount.get(TransferKind.PAY, 0),
        review_micros=amount.get(TransferKind.VOTE_PAY, 0) + amount.get(TransferKind.JUDGEMENT_PAY, 0),
        appeal_micros=amount.get(TransferKind.APPEAL_PAY, 0),
        taken_back_micros=amount.get(TransferKind.CANCEL_PAY, 0),
        paid_out_micros=amount.get(TransferKind.PAY_OUT, 0),
    )


def _entry(entry: EarnedEntry, of: str) -> EarningsEntry:
    return EarningsEntry(
        at=entry.at,
        name=EARNED_NAMES[entry.kind],
        kind=entry.kind,
        task=wire_id(entry.cause_id) if entry.cause_id and entry.kind in _OF_TASKS else None,  # 0: dropped ones
        change_micros=-entry.amount_micros if entry.kind in _LESS[of] else entry.amount_micros,
        place=entry.place,
    )


def _day_lines(windows: Sequence[Window], days: Sequence[Earned], zone: tzinfo) -> Iterable[Sequence[str]]:
    for window, day in zip(windows, days, strict=True):
        ends = [datetime.fromtimestamp(at, UTC).astimezone(zone).isoformat() for at in window]
        sums = (day.answer_micros, day.review_micros, day.appeal_micros, -day.taken_back_micros, day.earned_micros)
        yield (*ends, str(day.answers), *map(money.text, (*sums, day.paid_out_micros)))


def _entry_line(entry: EarningsEntry, zone: tzinfo) -> Sequence[str]:
    at = entry.at.astimezone(zone).isoformat()
    return at, entry.name, str(entry.task or ""), money.text(entry.change_micros)
