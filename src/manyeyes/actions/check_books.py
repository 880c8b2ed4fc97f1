"""Prove the ledger's invariants in one snapshot, and say by how many micros they fail: 0 when they hold."""

from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import msgspec

from manyeyes.actions.audit.jobs import read_job_books
from manyeyes.actions.audit.panels import read_panel_books
from manyeyes.actions.audit.payouts import read_payout_books
from manyeyes.actions.audit.recognitions import read_recognition_books
from manyeyes.certainty import judgements
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.panels import consistency
from manyeyes.reports import slots
from manyeyes.reports import store as reports
from manyeyes.reports.appeals import store as appeals
from manyeyes.soft_apps import store as soft_apps
from manyeyes.statistics import store as statistics
from manyeyes.tasks import store as tasks

# Those that have a running sum.
RUNNING = (Book.AVAILABLE, Book.PAYABLE, Book.PENDING, Book.HELD, Book.SHARES, Book.REQUESTED)
NO_ZONES: Mapping[int, str] = {}


class BooksAudit(msgspec.Struct, frozen=True, kw_only=True):
    """``difference_micros`` sums every deviation found; ``findings`` says where, one sentence each."""

    difference_micros: int
    transfers: int
    accounts: int
    wallets: int
    open_tasks_held_micros: int
    findings: list[str]


async def check_books(db: asyncpg.Connection, cell: int, time_zones: Mapping[int, str] = NO_ZONES) -> BooksAudit:
    """Compare a cell's running sums with the sums of its transfers. Reads only; one REPEATABLE READ snapshot.

    Invariants: the books of a cell sum to zero; every stored balance, wallet and pending sum is that of its transfers
    and none is negative; what is held equals the price of the open tasks; usage buckets equal what was settled less
    what was refunded; no task ended twice; every confirmed complaint has exactly one refund, of the whole charge, and
    there is no refund without one; no pay is both vested and cancelled, and none is cancelled but by a complaint; every
    vote, every decision of a reviewer and every accepted appeal is paid once; every payout was set aside, and paid or
    given back, once (audit/payouts.py); a soft app's book is that of its days, what it was given that of its tasks, and
    what was taken back that of its refunded tasks; recognitions' counts and durations are those of their results and
    reviews, and each call was charged what its results were; what jobs counted is what their tasks say (audit/jobs.py),
    and tasks of several answers are what their people gave (audit/panels.py). ``time_zones``: audit/recognitions.py.
    """
    # 1. Load everything in one snapshot.
    async with db.transaction(isolation="repeatable_read", readonly=True):
        await db.execute("SET LOCAL statement_timeout = 0")
        await db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while many findings are put into words
        books = await ledger.sum_of_books(db, cell)
        stored = await ledger.stored_sums(db, cell)
        held = {(Book.HELD, account): micros for account, micros in (await queue_depths.all_held(db, cell)).items()}
        charged, settled = await statistics.usage_sums(db, cell), await ledger.settled_sums(db, cell)
        owed = {(Book.SHARES, soft_id): micros for soft_id, micros in (await soft_apps.all_owed(db, cell)).items()}
        given, earned = await ledger.share_sums(db, cell), await tasks.share_sums(db, cell)
        twice, recourse = await ledger.double_endings(db, cell), await _recourse(db, cell)
        recognised = await read_recognition_books(db, cell, time_zones)
        count = await ledger.count_transfers(db, cell)
        of_jobs, of_panels = await read_job_books(db, cell), await read_panel_books(db, cell)
    # 2. Compare, and put what differs into words.
    findings: list[str] = []
    difference = _unbalanced(books, findings)
    booked = {key: micros for key, micros in books.items() if key[0] in RUNNING}
    difference += _compare("stored and booked sums", {**stored, **held, **owed, **recourse.requested}, booked, findings)
    difference += _compare("usage buckets and settled transfers less refunds", charged, settled, findings)
    difference += _compare("shares of results and booked ones", earned, given, findings, "softId")
    for what, of, left, right in recourse.pairs:
        difference += _compare(what, left, right, findings, of)
    difference += _negative(stored, findings)
    findings += [f"task {task_id} ended twice" for task_id in twice]
    findings += [f"the pay of task {task_id} was both vested and cancelled" for task_id in recourse.double_pays]
    difference += len(twice) + len(recourse.double_pays)
    for room in (recognised, of_jobs, of_panels):
        findings, difference = [*findings, *room.findings], difference + room.difference
    return BooksAudit(
        difference_micros=difference,
        transfers=count,
        accounts=sum(key[0] is Book.AVAILABLE for key in stored),
        wallets=sum(key[0] is Book.PAYABLE for key in stored),
        open_tasks_held_micros=sum(held.values()),
        findings=findings,
    )


class _Recourse(msgspec.Struct, frozen=True):
    """``pairs``: what must be equal, with whose ids the keys are; ``requested``: sums of their book; micros."""

    requested: dict[tuple[int, int], int]
    pairs: list[tuple[str, str, dict[int, int], dict[int, int]]]
    double_pays: list[int]


async def _recourse(db: asyncpg.Connection, cell: int) -> _Recourse:
    """Read what complaints and payouts moved, from every place that tells of it."""
    paid_out = await read_payout_books(db, cell)
    booked = await ledger.amounts(db, cell, TransferKind.REFUND)
    rows = await statistics.all_refunds(db, cell)
    confirmed = await reports.all_confirmed(db, cell)
    charged = await ledger.amounts_for(db, cell, TransferKind.SETTLE, sorted(set(booked) | set(confirmed)))
    votes = await slots.all_votes(db, cell)
    shares = {share.task_id: share.share_micros for share in await tasks.shares(db, cell, sorted(booked))}
    cancelled, accepted = await reports.all_cancelled(db, cell), await appeals.all_accepted(db, cell)
    pairs = [
        ("confirmed complaints and refunds", "task", confirmed, booked),
        ("refunds and what their tasks were charged", "task", booked, charged),
        ("refunds by window and refunds", "task", rows, booked),
        (
            "shares of refunded tasks and those taken back",
            "task",
            shares,
            await ledger.amounts(db, cell, TransferKind.UNSHARE),
        ),
        ("pay that complaints cancelled", "task", cancelled, await consistency.cancelled_by_task(db, cell)),
        (
            "accepted appeals and what they were paid",
            "task",
            accepted,
            await ledger.amounts(db, cell, TransferKind.APPEAL_PAY),
        ),
        ("votes and what they were paid", "worker", votes, await ledger.workers_sums(db, cell, TransferKind.VOTE_PAY)),
        (
            "reviewers' decisions and what they were paid",
            "worker",
            await judgements.all_judgements(db, cell),
            await ledger.workers_sums(db, cell, TransferKind.JUDGEMENT_PAY),
        ),
    ]
    return _Recourse(paid_out.requested, [*pairs, *paid_out.pairs], await ledger.double_pays(db, cell))


def _unbalanced(books: Mapping[tuple[int, int], int], findings: list[str]) -> int:
    """Return by how much the books do not sum to zero."""
    total = sum(books.values())
    if total:
        findings.append(f"the books sum to {total} micros instead of 0")
    return abs(total)


def _compare(
    what: str, left: Mapping[Any, int], right: Mapping[Any, int], findings: list[str], of: str = "account"
) -> int:
    """Return the sum of absolute differences over all keys of both sides; ``of``: whose ids plain keys are."""
    total = 0
    for key in sorted(set(left) | set(right)):
        gap = left.get(key, 0) - right.get(key, 0)
        if gap:
            findings.append(f"{what} differ by {gap} micros at {_name(key, of)}")
            total += abs(gap)
    return total


def _negative(stored: Mapping[tuple[int, int], int], findings: list[str]) -> int:
    below: Iterable[tuple[tuple[int, int], int]] = [(key, micros) for key, micros in stored.items() if micros < 0]
    findings += [f"{_name(key)} is {micros} micros" for key, micros in below]
    return sum(-micros for _, micros in below)


def _name(key: object, of: str = "account") -> str:
    return f"{Book(key[0]).name.lower()} of {key[1]}" if isinstance(key, tuple) else f"{of} {key}"
