"""Customers say that an answer to a picture is wrong: reviewers are asked, unless a reason is against it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.refused_reports import ReportRefusal, keep_refused
from manyeyes.actions.shared.repeated_calls import KEY_REUSED, RepeatedCalls, open_calls
from manyeyes.ledger import store as ledger
from manyeyes.panels import store as panels
from manyeyes.reports import slots, store
from manyeyes.reports.rules import (
    REVIEWERS,
    WHY_IGNORED,
    WHYS,
    Reported,
    ReportKind,
    ReportState,
    check_complaint,
    is_ignored,
)
from manyeyes.reports.slots import NewSlot
from manyeyes.reports.store import NewReport, Record, Report
from manyeyes.tasks import history
from manyeyes.tasks.history import Life
from manyeyes.tasks.labels import LABEL_PICTURE
from manyeyes.tasks.questions import OWN_KINDS
from manyeyes.tasks.rules import IMAGE_TO_TEXT, Ending, QueueTerms
from manyeyes.values.refusals import Reason, Refusal


class FileComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """``queues``: all queues' terms as the edge knew them; the complaint's votes earn what its queue pays now.

    ``key``: how its customer names the call; None where they do not.
    """

    cell: int
    account_id: int
    task_id: int
    queues: Mapping[int, QueueTerms]
    retried: bool = False
    key: CallKey | None = None


class Filed(msgspec.Struct, frozen=True):
    """``state``: OPEN with reviewers, or IGNORED. Both are a success on the wire. ``replayed``: it came before."""

    task_id: int
    state: ReportState
    replayed: bool = False


Filing = tuple[FileComplaint, NewReport]


class _LoadedComplaints(msgspec.Struct):
    """What the batch's decisions need, loaded at once; ``spoken``: tasks that a complaint of this batch was about."""

    lives: dict[int, Life]
    reports: dict[int, Report]
    records: dict[int, Record]
    spoken: set[int]
    calls: RepeatedCalls


async def file_complaints(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[FileComplaint]
) -> list[Filed | Refusal]:
    """Return what became of each complaint. Refusals are kept with their true reason for the customer's own eyes.

    An accepted one asks three reviewers and keeps the pay of whoever answered pending until they have decided.
    """
    # 1. Load: the tasks, earlier reports on them, the customers' records.
    cell = commands[0].cell
    books = await _load(tx, now, cell, commands)
    # 2. Decide: each complaint is filed or refused.
    outcomes: list[Filed | Refusal] = []
    filing: dict[int, Filing] = {}
    for command in commands:
        outcome = _decide(command, books, filing, now)
        if isinstance(outcome, NewReport):
            filing[outcome.task_id] = (command, outcome)
            books.calls.keep(command.account_id, command.key, command.task_id)
            outcomes.append(Filed(outcome.task_id, outcome.state))
        else:
            outcomes.append(outcome)
    # 3. Save: the reports; whoever lost a race to another process is refused after all.
    stored = await store.insert_reports(tx, now, cell, [report for _, report in filing.values()])
    lost = set(filing) - stored  # another process was first
    outcomes = [_REPEATED if isinstance(o, Filed) and o.task_id in lost else o for o in outcomes]
    for task_id in lost:
        books.calls.drop(filing[task_id][0].account_id, filing[task_id][0].key)
    await books.calls.save(tx, cell)
    # 4. Ask reviewers, hold the workers' pay, and keep the refusals.
    asking = [(c, r) for c, r in filing.values() if r.task_id in stored and r.state is ReportState.OPEN]
    await slots.insert_slots(tx, now, cell, [slot for c, r in asking for slot in _slots(c, r)])
    await _hold_pay(tx, cell, [report for _, report in asking])
    pairs = [(c, o) for c, o in zip(commands, outcomes, strict=True) if isinstance(o, Refusal) and o != KEY_REUSED]
    kind = ReportKind.IMAGE_INCORRECT
    await keep_refused(tx, now, cell, [ReportRefusal(c.account_id, c.task_id, kind, refusal) for c, refusal in pairs])
    return outcomes


async def _hold_pay(tx: asyncpg.Connection, cell: int, reports: Sequence[NewReport]) -> None:
    """Keep the pay of whoever answered from vesting; of several answers each has its own."""
    several = [report.task_id for report in reports if not report.worker_id]
    answers = await panels.answers_of(tx, cell, sorted(several)) if several else {}
    given = [answer.answer_id for task_id in several for answer in answers[task_id]]
    await ledger.hold_pay(tx, cell, sorted([*(r.task_id for r in reports if r.worker_id), *given]))


async def _load(
    tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[FileComplaint]
) -> _LoadedComplaints:
    calls = await open_calls(tx, now, cell, [(c.account_id, c.key, c.task_id) for c in commands])
    task_ids = sorted({c.task_id for c in commands})
    return _LoadedComplaints(
        await history.lives(tx, cell, task_ids),
        await store.existing(tx, cell, task_ids),
        await store.reporters(tx, cell, sorted({c.account_id for c in commands})),
        set(),
        calls,
    )


def _decide(
    command: FileComplaint,
    books: _LoadedComplaints,
    filing: Mapping[int, tuple[FileComplaint, NewReport]],
    now: datetime,
) -> NewReport | Filed | Refusal:
    task_id, account_id = command.task_id, command.account_id
    made = books.calls.before(account_id, command.key)
    if isinstance(made, Refusal):
        return made
    if made is not None:
        known = books.reports.get(made) or filing[made][1]
        return Filed(made, known.state, replayed=not command.retried)
    before, is_spoken = books.reports.get(task_id), task_id in books.spoken
    if command.retried and before and not is_spoken and _is_own(before, account_id):
        books.spoken.add(task_id)
        return Filed(task_id, before.state)
    life = books.lives.get(task_id)
    reported = _reported(life, command.queues) if life else None
    refusal = check_complaint(reported, account_id, is_repeated=before is not None or is_spoken, now=now)
    if refusal:
        return refusal
    assert life is not None  # else the rule had refused
    assert life.ended_at is not None
    books.spoken.add(task_id)
    record = books.records.get(account_id, Record())
    is_unheard = is_ignored(record.judged, record.confirmed)
    state, why = (ReportState.IGNORED, WHY_IGNORED) if is_unheard else (ReportState.OPEN, "")
    kind = ReportKind.IMAGE_INCORRECT
    return NewReport(
        task_id=task_id,
        account_id=account_id,
        queue_id=life.queue_id,
        worker_id=life.worker_id,
        kind=kind,
        state=state,
        why=why,
        ended_at=life.ended_at,
    )


def _is_own(before: Report, account_id: int) -> bool:
    """Tell whether a report is what a command that is tried again may have stored the first time."""
    return before.account_id == account_id and before.kind is ReportKind.IMAGE_INCORRECT


def _reported(life: Life, queues: Mapping[int, QueueTerms]) -> Reported:
    queue = queues.get(life.queue_id)
    return Reported(
        life.account_id,
        is_picture=life.kind in (IMAGE_TO_TEXT, LABEL_PICTURE, *OWN_KINDS),
        accepts_complaints=queue is not None and queue.accepts_complaints,
        ended_at=life.ended_at,
        is_solved=life.ending is Ending.SOLVED,
    )


def _slots(command: FileComplaint, report: NewReport) -> list[NewSlot]:
    pay_micros = command.queues[report.queue_id].vote_micros
    return [NewSlot(report.task_id, n, report.worker_id, report.queue_id, pay_micros) for n in range(REVIEWERS)]


_REPEATED = Refusal(Reason.REPORT_REPEATED, WHYS[Reason.REPORT_REPEATED])
