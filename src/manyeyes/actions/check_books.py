"""Prove the ledger's invariants in one snapshot, and say by how many micros they fail: 0 when they hold."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg
import msgspec

from manyeyes.actions.audit.jobs import read_job_books
from manyeyes.actions.audit.panels import read_panel_books
from manyeyes.actions.audit.payouts import read_payout_books
from manyeyes.actions.audit.recognitions import read_recognition_books
from manyeyes.actions.audit.seals import SealedBase, find_base, read_month_gaps
from manyeyes.certainty import judgements
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.ledger.seals import store as seals
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


async def check_books(
    db: asyncpg.Connection,
    cell: int,
    time_zones: Mapping[int, str] = NO_ZONES,
    trusted: Sequence[bytes] = (),
    *,
    is_whole: bool = False,
) -> BooksAudit:
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

    What the newest seal says that one of the ``trusted`` keys signed is taken for proven, and what came after it is
    read; ``is_whole``: all is read that there is, and each month is compared with its seal (docs/decisions/0095).
    """
    async with db.transaction(isolation="repeatable_read", readonly=True):
        await db.execute("SET LOCAL statement_timeout = 0")
        await db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while many findings are put into words
        base = await find_base(db, cell, trusted, is_whole=is_whole)
        months = await read_month_gaps(db, cell, base) if is_whole else []
        return await _compared(db, cell, time_zones, base, months, is_whole=is_whole)


async def _compared(
    db: asyncpg.Connection,
    cell: int,
    time_zones: Mapping[int, str],
    base: SealedBase,
    months: list[str],
    *,
    is_whole: bool,
) -> BooksAudit:
    """Return what differs of what came after the base; ``months``: what is wrong with those that are sealed."""
    # 1. Load everything in one snapshot.
    since = base.since
    moved, count = await ledger.sum_of_books(db, cell, since)
    stored = await ledger.stored_sums(db, cell)
    held = {(Book.HELD, account): micros for account, micros in (await queue_depths.all_held(db, cell)).items()}
    charged, settled = await statistics.usage_sums(db, cell, since), await ledger.settled_sums(db, cell, since)
    owed = {(Book.SHARES, soft_id): micros for soft_id, micros in (await soft_apps.all_owed(db, cell)).items()}
    given, earned = await ledger.share_sums(db, cell, since), await tasks.share_sums(db, cell, since)
    twice, recourse = await ledger.double_endings(db, cell, since), await _recourse(db, cell, base)
    recognised = await read_recognition_books(db, cell, time_zones, since)
    of_jobs = await read_job_books(db, cell, since, is_whole=is_whole or base.seal is None)
    of_panels = await read_panel_books(db, cell, since)
    # 2. Compare, and put what differs into words.
    findings = [*base.flaws, *months]
    difference, books = len(findings), base.with_books(moved)
    difference += _unbalanced(books, findings)
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
        transfers=base.transfers + count,
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


async def _recourse(db: asyncpg.Connection, cell: int, base: SealedBase) -> _Recourse:
    """Read what complaints and payouts moved, from every place that tells of it."""
    since = base.since
    paid_out = await read_payout_books(db, cell, since)
    booked = await ledger.amounts(db, cell, TransferKind.REFUND, since)
    rows = await statistics.all_refunds(db, cell, since)
    confirmed = await reports.all_confirmed(db, cell, since)
    charged = await ledger.amounts_for(db, cell, TransferKind.SETTLE, sorted(set(booked) | set(confirmed)))
    votes = await slots.all_votes(db, cell)
    shares = {share.task_id: share.share_micros for share in await tasks.shares(db, cell, sorted(booked))}
    cancelled = await reports.all_cancelled(db, cell, since)
    accepted = await appeals.all_accepted(db, cell, since)
    vote_pay = await _paid_since_ever(db, cell, TransferKind.VOTE_PAY, base)
    judgement_pay = await _paid_since_ever(db, cell, TransferKind.JUDGEMENT_PAY, base)
    pairs = [
        ("confirmed complaints and refunds", "task", confirmed, booked),
        ("refunds and what their tasks were charged", "task", booked, charged),
        ("refunds by window and refunds", "task", rows, booked),
        (
            "shares of refunded tasks and those taken back",
            "task",
            shares,
            await ledger.amounts(db, cell, TransferKind.UNSHARE, since),
        ),
        ("pay that complaints cancelled", "task", cancelled, await consistency.cancelled_by_task(db, cell, since)),
        (
            "accepted appeals and what they were paid",
            "task",
            accepted,
            await ledger.amounts(db, cell, TransferKind.APPEAL_PAY, since),
        ),
        ("votes and what they were paid", "worker", votes, vote_pay),
        (
            "reviewers' decisions and what they were paid",
            "worker",
            await judgements.all_judgements(db, cell),
            judgement_pay,
        ),
    ]
    return _Recourse(paid_out.requested, [*pairs, *paid_out.pairs], await ledger.double_pays(db, cell, since))


async def _paid_since_ever(db: asyncpg.Connection, cell: int, kind: TransferKind, base: SealedBase) -> dict[int, int]:
    """Return what each worker got by postings of a kind, in micros: by the seal, and since."""
    paid = Counter(await ledger.workers_sums(db, cell, kind, base.since))
    if base.seal:
        paid.update(await seals.sealed_pay(db, cell, base.since, kind))
    return dict(paid)


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
