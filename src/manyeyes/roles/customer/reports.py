"""What became of a customer's reports, alike for the JSON API and the pages."""

import enum
from datetime import UTC, datetime

import asyncpg
import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.reports import store
from manyeyes.reports.rules import ReportKind, ReportState
from manyeyes.reports.store import Cast, Record, RefusedReport, Told
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.roles.reported_tasks import ReportedTasks, look_up
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values.cursors import OF_REPORTS, cursor, read_cursor
from manyeyes.values.refusals import Reason, Refusal

LARGEST_PAGE = 200
_NEWEST = datetime(9999, 1, 1, tzinfo=UTC), [0, 0]


class ReportStatus(enum.StrEnum):
    """The state of a report that was taken (`ReportState`), or REFUSED: it never was."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    IGNORED = "ignored"
    COUNTED = "counted"
    REFUSED = "refused"


class CustomerReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as its customer sees it: ``why`` is a code (reports/rules.py, `WHYS`), ``task_id`` the wire's.

    ``queue``: its name, and ``answer``: both empty for a refused one. ``votes``: when the complaint is decided.
    """

    task_id: int
    kind: ReportKind
    status: ReportStatus
    why: str
    filed_at: datetime
    queue: str = ""
    answer: str = ""
    task_ended_at: datetime | None = None
    decided_at: datetime | None = None
    votes: list[Cast] = []
    refunded_micros: int = 0
    picture: KeptPicture | None = None


class ReportPage(msgspec.Struct, frozen=True):
    """Reports, newest first; ``next`` is the ``before`` of the following page, None when there is none."""

    reports: list[CustomerReport]
    next: str | None
    record: Record


async def reports_of(
    context: Context, owner: Owner, *, limit: int = 50, before: str = "", state: str = ""
) -> ReportPage | Refusal:
    """Return a page of an account's reports and refused reports; ``state``: one of `ReportStatus`, or all."""
    place = read_cursor(OF_REPORTS, before) if before else _NEWEST
    if place is None:
        return Refusal(Reason.UNREADABLE, "before must be what another page gave as next")
    if state and state not in set(ReportStatus):
        return Refusal(Reason.UNREADABLE, f"state must be one of {', '.join(ReportStatus)}")
    limit = min(max(limit, 1), LARGEST_PAGE)
    wanted = ReportStatus(state) if state else None

    async def read(db: asyncpg.Connection) -> tuple[list[Told | RefusedReport], ReportedTasks, Record]:
        page = await _page(db, owner, place, wanted, limit + 1)
        record = (await store.reporters(db, owner.cell, [owner.account_id])).get(owner.account_id, Record())
        return page, await look_up(db, owner.cell, page[:limit]), record

    page, tasks, record = await read_patiently(context.cells.pool(owner.cell), read)
    reports = [await _report(context, owner.cell, each, tasks) for each in page[:limit]]
    return ReportPage(reports, cursor(*_order(page[limit - 1])) if len(page) > limit else None, record)


async def report_of(context: Context, owner: Owner, task_id: int) -> CustomerReport | Refusal:
    """Return an account's report on the task with this wire id, else why the last one was refused."""
    serial = await context.id_blocks.of_wire(owner.cell, task_id)

    async def read(db: asyncpg.Connection) -> tuple[Told | RefusedReport | None, ReportedTasks]:
        found = await store.report_of(db, owner.cell, owner.account_id, serial)
        return found, await look_up(db, owner.cell, [found] if found else [])

    found, tasks = await read_patiently(context.cells.pool(owner.cell), read)
    if found is None:
        return Refusal(Reason.UNKNOWN_REPORT, f"there is no report of yours on task {task_id}")
    return await _report(context, owner.cell, found, tasks)


async def _report(context: Context, cell: int, found: Told | RefusedReport, tasks: ReportedTasks) -> CustomerReport:
    if isinstance(found, RefusedReport):
        return CustomerReport(
            task_id=wire_id(found.task_id),
            kind=found.kind,
            status=ReportStatus.REFUSED,
            why=found.reason,
            filed_at=found.at,
        )
    question = tasks.questions.get(found.task_id)
    return CustomerReport(
        task_id=wire_id(found.task_id),
        kind=found.kind,
        status=ReportStatus[found.state.name],
        why=found.why,
        filed_at=found.filed_at,
        queue=(await context.lookups.queues())[found.queue_id].name,
        answer=tasks.answers.get(found.task_id, ""),
        task_ended_at=found.ended_at,
        decided_at=found.decided_at,
        votes=tasks.votes.get(found.task_id, []),
        refunded_micros=found.refunded_micros,
        picture=kept_picture(cell, question) if question else None,
    )


async def _page(
    db: asyncpg.Connection, owner: Owner, place: tuple[datetime, list[int]], wanted: ReportStatus | None, limit: int
) -> list[Told | RefusedReport]:
    """Merge reports with refused ones. At one instant and task a refused one comes first: its rank is its kind + 1."""
    at, (task_id, rank) = place
    page: list[Told | RefusedReport] = []
    if wanted is not ReportStatus.REFUSED:
        state = ReportState[wanted.name] if wanted else None
        before = (at, task_id + (rank > 0))
        page += await store.reports_of(db, owner.cell, owner.account_id, before, state, limit)
    if wanted in (None, ReportStatus.REFUSED):
        page += await store.refused_of(db, owner.cell, owner.account_id, (at, task_id, rank - 1), limit)
    return sorted(page, key=_order, reverse=True)[:limit]


def _order(report: Told | RefusedReport) -> tuple[datetime, int, int]:
    if isinstance(report, Told):
        return report.filed_at, report.task_id, 0
    return report.at, report.task_id, report.kind + 1
