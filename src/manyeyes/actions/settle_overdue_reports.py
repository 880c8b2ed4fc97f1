"""Confirm complaints that reviewers left undecided for too long; the house pays, the worker keeps their pay."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.ballots import agreement
from manyeyes.actions.shared.verdict_effects import DecidedComplaint, decide, mail_verdicts
from manyeyes.reports import slots, store
from manyeyes.reports.rules import ReportState

LARGEST_SWEEP = 200


class SettleOverdueReports(msgspec.Struct, frozen=True):
    """``patience_hours``: how long reviewers may take (the setting `report_patience_hours`)."""

    cell: int
    patience_hours: int


async def settle_overdue_reports(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleOverdueReports]
) -> list[int]:
    """Return how many overdue complaints were looked at (docs/decisions/0025#overdue); no customer's ratio counts them.

    Those on which two reviewers agree by now are not settled by this.
    """
    cell, patience = commands[0].cell, timedelta(hours=commands[0].patience_hours)
    overdue = await store.lock_overdue(tx, cell, now - patience, LARGEST_SWEEP)
    if overdue:
        found = await slots.lock_slots(tx, cell, sorted(report.task_id for report in overdue))
        agreed = {r.task_id for r in overdue if agreement(s for s in found if s.task_id == r.task_id)}
        late = [r for r in overdue if r.task_id not in agreed]  # the second vote came just now
        decided = [DecidedComplaint(report, ReportState.CONFIRMED) for report in late]
        await decide(tx, now, cell, decided)
        await mail_verdicts(tx, now, cell, decided)
    return [len(overdue) for _ in commands]
