"""What follows from a verdict, written once for votes and for complaints that nobody decided: refund, pay, records."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.job_progress import count_refunds
from manyeyes.actions.shared.notice_mails import News, mail_news
from manyeyes.actions.shared.owner_shares import take_back_shares
from manyeyes.actions.shared.recognition_reviews import refute_reviews
from manyeyes.actions.shared.refuted_pay import settle_pay
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.notices.rules import NoticeKind
from manyeyes.reports import slots, store
from manyeyes.reports.rules import WHY_OVERDUE, ReportState, Slot, Vote
from manyeyes.reports.slots import ReviewerRecord
from manyeyes.reports.store import Decision, Record, Report
from manyeyes.statistics import store as statistics
from manyeyes.statistics.store import Refund
from manyeyes.tasks import history
from manyeyes.tasks.history import Charge


class DecidedComplaint(msgspec.Struct, frozen=True):
    """A locked complaint with its outcome; ``votes`` are empty when nobody decided it in time."""

    report: Report
    state: ReportState
    votes: tuple[Slot, ...] = ()


async def decide(tx: asyncpg.Connection, now: datetime, cell: int, decided: Sequence[DecidedComplaint]) -> None:
    """Write the outcomes of open complaints; all of their money moves in this transaction.

    Confirmed: the customer gets the whole charge back, and the worker loses this one pay if it has not vested yet; of
    several those whose answers said what the result said (docs/decisions/0064). Rejected, or confirmed because nobody
    decided in time: the pay vests at once (docs/decisions/0009).
    """
    if not decided:
        return
    # 1. Decide whose charge is given back and whose pay is lost.
    confirmed = [d.report.task_id for d in decided if d.state is ReportState.CONFIRMED]
    refuted = {d.report.task_id for d in decided if d.state is ReportState.CONFIRMED and d.votes}
    reports = [d.report for d in decided]
    # 2. Move the money: the workers' pay, then the refunds.
    await slots.close(tx, cell, sorted(report.task_id for report in reports))
    cancelled = await settle_pay(tx, now, cell, reports, refuted)
    charges = await history.charges(tx, cell, sorted(confirmed)) if confirmed else {}
    refunds = await _refund(tx, now, cell, list(charges.values()))
    # 3. Write the outcomes and count them for reporters, reviewers and recognisers.
    decisions = [
        Decision(
            d.report.task_id,
            d.state,
            "" if d.votes else WHY_OVERDUE,
            refunds.get(d.report.task_id, 0),
            cancelled.get(d.report.task_id, 0),
        )
        for d in decided
    ]
    await store.decide_reports(tx, now, cell, decisions)
    await store.add_to_reporters(tx, cell, _records_of_reporters(decided))
    await slots.add_to_records(tx, cell, _records_of_reviewers(decided))
    if confirmed:
        await refute_reviews(tx, cell, confirmed)
        await count_refunds(tx, now, cell, [(charges[task_id].job_id, micros) for task_id, micros in refunds.items()])


async def mail_verdicts(tx: asyncpg.Connection, now: datetime, cell: int, decided: Sequence[DecidedComplaint]) -> None:
    """Have those who complained told by e-mail, if they want that: last, since it takes numbers of the cell."""
    kind = NoticeKind.COMPLAINT_DECIDED
    await mail_news(tx, now, cell, [News(d.report.account_id, kind, d.report.task_id) for d in decided])


async def count_late_votes(tx: asyncpg.Connection, cell: int, late: Sequence[tuple[Slot, ReportState]]) -> None:
    """Count votes that were given before the verdict and counted after it: for their reviewers, and nothing else."""
    records: dict[int, ReviewerRecord] = {}
    for slot, state in late:
        _count(records, slot, state)
    await slots.add_to_records(tx, cell, dict(sorted(records.items())))


async def _refund(tx: asyncpg.Connection, now: datetime, cell: int, charges: Sequence[Charge]) -> dict[int, int]:
    """Give back what tasks cost, in full, and take their shares back; return the micros by task."""
    if not charges:
        return {}
    refunds = [_refund_of(charge) for charge in charges if charge.charged_micros]
    booked = [posting(TransferKind.REFUND, r.task_id, r.account_id, r.refunded_micros) for r in refunds]
    changes: defaultdict[int, int] = defaultdict(int)
    for each in refunds:
        changes[each.account_id] += each.refunded_micros
    await ledger.lock_balances(tx, cell, sorted(changes))
    await ledger.insert_transfers(tx, now, cell, booked)
    await ledger.change_balances(tx, cell, changes)
    await statistics.refund(tx, now, cell, refunds)
    await take_back_shares(tx, now, cell, [r.task_id for r in refunds if r.soft_id])
    return {r.task_id: r.refunded_micros for r in refunds}


def _refund_of(charge: Charge) -> Refund:
    return Refund(
        task_id=charge.task_id,
        account_id=charge.account_id,
        queue_id=charge.queue_id,
        soft_id=charge.soft_id,
        ip=charge.ip,
        ended_at=charge.ended_at,
        refunded_micros=charge.charged_micros,
    )


def _records_of_reporters(decided: Sequence[DecidedComplaint]) -> dict[int, Record]:
    """Count verdicts by customer: only what votes decided (docs/decisions/0025#ratio)."""
    judged: dict[int, Record] = {}
    for d in decided:
        if d.votes:
            before = judged.get(d.report.account_id, Record())
            is_confirmed = d.state is ReportState.CONFIRMED
            judged[d.report.account_id] = Record(before.judged + 1, before.confirmed + is_confirmed)
    return judged


def _records_of_reviewers(decided: Sequence[DecidedComplaint]) -> dict[int, ReviewerRecord]:
    """Count votes by reviewer, and those against the verdict."""
    records: dict[int, ReviewerRecord] = {}
    for d in decided:
        for slot in d.votes:
            _count(records, slot, d.state)
    return records


def _count(records: dict[int, ReviewerRecord], slot: Slot, state: ReportState) -> None:
    before = records.get(slot.reviewer_id, ReviewerRecord(slot.reviewer_id, 0, 0))
    is_against = (slot.vote is Vote.CONFIRM) != (state is ReportState.CONFIRMED)
    votes, against = before.votes + 1, before.against + is_against
    records[slot.reviewer_id] = ReviewerRecord(slot.reviewer_id, votes, against)
