"""How /v1 tells a statement. Money is decimal text in USD with a bookkeeper's signs: minus is less to spend."""

from collections.abc import Sequence
from typing import Any

import msgspec

from manyeyes.roles.customer.statement import Moved, Statement, StatementEntry
from manyeyes.roles.customer.statement_csv import signed
from manyeyes.statistics.charges import WorkCharges
from manyeyes.values import money
from manyeyes.values.cursors import cursor


class MovedView(msgspec.Struct, frozen=True, kw_only=True):
    """What a time moved. ``charged`` and ``net`` are below zero, the others above; ``tasks`` were charged."""

    tasks: int
    charged: str
    refunded: str
    net: str
    topped_up: str
    shares: str


class RowView(MovedView, frozen=True, kw_only=True):
    """A day of the time zone, or an hour of a short span; ``balance`` is at its end."""

    from_: str = msgspec.field(name="from")
    to: str
    balance: str


class WorkView(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks of one queue and job; ``job`` is null for tasks by themselves."""

    queue: int
    job: int | None
    tasks: int
    charged: str
    refunded: str
    net: str


class StatementEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry with the balance after it. ``kind``: top_up, task, refund, share, recognition."""

    at: str
    kind: str
    task: int | None
    amount: str
    balance: str


class StatementView(MovedView, frozen=True, kw_only=True):
    """``opening`` and all changes give ``closing``; ``unexplained`` is 0.000000 as long as the books are right."""

    from_: str = msgspec.field(name="from")
    to: str
    tz: str
    opening: str
    closing: str
    unexplained: str
    rows: list[RowView]
    by_job: list[WorkView] | None
    entries: list[StatementEntryView]
    next: str | None


def statement_view(
    found: Statement, entries: Sequence[StatementEntry], limit: int, works: Sequence[WorkCharges] | None
) -> StatementView:
    """Return a statement with the first ``limit`` of the entries; one more tells that there is a next page."""
    span, page = found.span, entries[:limit]
    return StatementView(
        from_=span.start.astimezone(span.zone).isoformat(),
        to=span.end.astimezone(span.zone).isoformat(),
        tz=span.tz,
        opening=money.text(found.opening_micros),
        closing=money.text(found.closing_micros),
        unexplained=money.text(found.unexplained_micros),
        rows=[
            RowView(
                from_=row.start.isoformat(),
                to=row.end.isoformat(),
                balance=money.text(row.balance_micros),
                **_moved(row.moved),
            )
            for row in found.rows
        ],
        by_job=None if works is None else [_work(work) for work in works],
        entries=[_entry(entry) for entry in page],
        next=cursor(page[-1].place[0], *page[-1].place[1]) if len(entries) > limit else None,
        **_moved(found.total),
    )


def _moved(moved: Moved) -> dict[str, Any]:
    return {"tasks": moved.tasks, **{name: money.text(micros) for name, micros in signed(moved).items()}}


def _work(work: WorkCharges) -> WorkView:
    return WorkView(
        queue=work.queue_id,
        job=work.job_id or None,
        tasks=work.tasks,
        charged=money.text(-work.charged_micros),
        refunded=money.text(work.refunded_micros),
        net=money.text(work.refunded_micros - work.charged_micros),
    )


def _entry(entry: StatementEntry) -> StatementEntryView:
    return StatementEntryView(
        at=f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        kind=entry.name,
        task=entry.task or None,
        amount=money.text(entry.change_micros),
        balance=money.text(entry.balance_micros),
    )
