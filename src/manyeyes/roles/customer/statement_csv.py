"""A statement as CSV: one line per day, per queue and job, or per entry (docs/reference/v1/statement.md).

Signs are a bookkeeper's: what the customer has less of is below zero. Money is decimal text in USD with six digits.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from manyeyes.accounts.store import Owner
from manyeyes.roles.customer.statement import Moved, Statement, StatementEntry, every_entry, read_by_work
from manyeyes.runtime.context import Context
from manyeyes.statistics.charges import WorkCharges
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values import money
from manyeyes.values.spreadsheet import csv_text

DAY_COLUMNS = ("from", "to", "tasks", "charged", "refunded", "net", "topped_up", "shares", "balance")
WORK_COLUMNS = ("queue", "job", "tasks", "charged", "refunded", "net")
ENTRY_COLUMNS = ("time", "kind", "task", "amount", "balance")
KINDS_OF_LINES = ("day", "job", "entry")


async def statement_csv(
    context: Context, owner: Owner, statement: Statement, lines: str, queues: Mapping[int, QueueTerms]
) -> AsyncIterator[str]:
    """Yield the file in parts; ``lines`` is one of `KINDS_OF_LINES`. Short spans have a line per hour for a day's."""
    if lines == "day":
        yield csv_text([DAY_COLUMNS, *_day_lines(statement)])
    elif lines == "job":
        yield csv_text([WORK_COLUMNS, *_work_lines(await read_by_work(context, owner, statement.span), queues)])
    else:
        yield csv_text([ENTRY_COLUMNS])
        async for entries in every_entry(context, owner, statement):
            yield csv_text([_entry_line(statement, entry) for entry in entries])


def signed(moved: Moved) -> dict[str, int]:
    """Return charged, refunded, net, topped up and shares with a bookkeeper's signs, in micro-units."""
    return {
        "charged": -moved.charged_micros,
        "refunded": moved.refunded_micros,
        "net": -moved.net_micros,
        "topped_up": moved.topped_up_micros,
        "shares": moved.share_micros,
    }


def _day_lines(statement: Statement) -> Iterable[Sequence[str]]:
    for row in statement.rows:
        sums = [money.text(micros) for micros in signed(row.moved).values()]
        begins, ends = row.start.isoformat(), row.end.isoformat()
        yield begins, ends, str(row.moved.tasks), *sums, money.text(row.balance_micros)


def _work_lines(works: Iterable[WorkCharges], queues: Mapping[int, QueueTerms]) -> Iterable[Sequence[str]]:
    for work in works:
        name = queues[work.queue_id].name if work.queue_id in queues else str(work.queue_id)
        sums = (-work.charged_micros, work.refunded_micros, work.refunded_micros - work.charged_micros)
        yield name, str(work.job_id or ""), str(work.tasks), *(money.text(micros) for micros in sums)


def _entry_line(statement: Statement, entry: StatementEntry) -> Sequence[str]:
    at = entry.at.astimezone(statement.span.zone).isoformat()
    return at, entry.name, str(entry.task or ""), money.text(entry.change_micros), money.text(entry.balance_micros)
