"""Customers praise a token's worker, or say that the token was incorrect: allow-lists and filters.

See docs/contracts/anticaptcha.md#token-reports.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.refused_reports import ReportRefusal, keep_refused
from manyeyes.actions.shared.repeated_calls import KEY_REUSED, RepeatedCalls, open_calls
from manyeyes.allow_list import store as allow_list
from manyeyes.allow_list.rules import Standing, latest
from manyeyes.reports import store, token_reports
from manyeyes.reports.rules import WHY_OUTLIER, WHYS, Reported, ReportKind, ReportState, check_token_report
from manyeyes.reports.store import NewReport, Report
from manyeyes.tasks import history
from manyeyes.tasks.history import Life
from manyeyes.tasks.rules import RECAPTCHA_V2, Ending
from manyeyes.values.refusals import Reason, Refusal


class ReportToken(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: TOKEN_CORRECT or TOKEN_INCORRECT; ``takes``: the kinds of tasks that the method is for.

    ``key``: how its customer names the call; None where they do not.
    """

    cell: int
    account_id: int
    task_id: int
    kind: ReportKind
    takes: AbstractSet[str]
    retried: bool = False
    key: CallKey | None = None


class TokenReported(msgspec.Struct, frozen=True):
    """``state``: COUNTED, or IGNORED. Both are a success on the wire. ``replayed``: it came before."""

    task_id: int
    state: ReportState
    replayed: bool = False


class _LoadedReports(msgspec.Struct):
    """What the batch's decisions need, loaded at once; ``spoken``: tasks that a report of this batch was about."""

    lives: dict[int, Life]
    reports: dict[int, Report]
    ignored: set[int]
    spoken: set[int]
    calls: RepeatedCalls


async def report_tokens(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReportToken]
) -> list[TokenReported | Refusal]:
    """Return what became of each report. Refusals are kept with their true reason for the customer's own eyes.

    Praise lists the worker for an hour, a report of an incorrect token filters them for one; each undoes the other
    (docs/decisions/0011).
    """
    # 1. Load: the tasks, earlier reports on them, who is ignored.
    cell = commands[0].cell
    books = await _load(tx, now, cell, commands)
    # 2. Decide: each report counts, is ignored or is refused.
    outcomes: list[TokenReported | Refusal] = []
    filing: dict[int, NewReport] = {}
    taken: dict[int, ReportToken] = {}
    for command in commands:
        outcome = _decide(command, books, filing, now)
        if isinstance(outcome, NewReport):
            filing[outcome.task_id] = outcome
            taken[outcome.task_id] = command
            books.calls.keep(command.account_id, command.key, command.task_id)
            outcomes.append(TokenReported(outcome.task_id, outcome.state))
        else:
            outcomes.append(outcome)
    # 3. Save: the reports; whoever lost a race to another process is refused after all.
    stored = await store.insert_reports(tx, now, cell, list(filing.values()))
    lost = set(filing) - stored  # another process was first
    outcomes = [_REPEATED if isinstance(o, TokenReported) and o.task_id in lost else o for o in outcomes]
    for task_id in lost:
        books.calls.drop(taken[task_id].account_id, taken[task_id].key)
    await books.calls.save(tx, cell)
    # 4. List or filter the workers, and keep the refusals.
    words = [_word(report, books) for report in filing.values() if report.task_id in stored]
    await allow_list.save_standings(tx, now, cell, latest(word for word in words if word))
    refused = [(c, o) for c, o in zip(commands, outcomes, strict=True) if isinstance(o, Refusal) and o != KEY_REUSED]
    await keep_refused(tx, now, cell, [ReportRefusal(c.account_id, c.task_id, c.kind, o) for c, o in refused])
    return outcomes


async def _load(tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[ReportToken]) -> _LoadedReports:
    calls = await open_calls(tx, now, cell, [(c.account_id, c.key, c.task_id) for c in commands])
    task_ids = sorted({c.task_id for c in commands})
    return _LoadedReports(
        await history.lives(tx, cell, task_ids),
        await store.existing(tx, cell, task_ids),
        await token_reports.ignored(tx, now, cell, sorted({c.account_id for c in commands})),
        set(),
        calls,
    )


def _decide(
    command: ReportToken, books: _LoadedReports, filing: Mapping[int, NewReport], now: datetime
) -> NewReport | TokenReported | Refusal:
    task_id, account_id = command.task_id, command.account_id
    made = books.calls.before(account_id, command.key)
    if isinstance(made, Refusal):
        return made
    if made is not None:
        return TokenReported(made, (books.reports.get(made) or filing[made]).state, replayed=not command.retried)
    before, is_spoken = books.reports.get(task_id), task_id in books.spoken
    if command.retried and before and not is_spoken and (before.account_id, before.kind) == (account_id, command.kind):
        books.spoken.add(task_id)
        return TokenReported(task_id, before.state)
    life = books.lives.get(task_id)
    is_taken, is_repeated = life is not None and life.kind in command.takes, before is not None or is_spoken
    refusal = check_token_report(_reported(life), account_id, is_taken=is_taken, is_repeated=is_repeated, now=now)
    if refusal:
        return refusal
    assert life is not None  # else the rule had refused
    assert life.ended_at is not None
    books.spoken.add(task_id)
    is_unheard = command.kind is ReportKind.TOKEN_INCORRECT and account_id in books.ignored
    state, why = (ReportState.IGNORED, WHY_OUTLIER) if is_unheard else (ReportState.COUNTED, "")
    return NewReport(
        task_id=task_id,
        account_id=account_id,
        queue_id=life.queue_id,
        worker_id=life.worker_id,
        kind=command.kind,
        state=state,
        why=why,
        ended_at=life.ended_at,
    )


def _reported(life: Life | None) -> Reported | None:
    if life is None:
        return None
    is_solved = life.ending is Ending.SOLVED
    ended_at = life.ended_at
    return Reported(life.account_id, is_picture=False, accepts_complaints=False, ended_at=ended_at, is_solved=is_solved)


def _word(report: NewReport, books: _LoadedReports) -> Standing | None:
    """Return what the report says of the worker; None when it is ignored, or praises V2 (docs/decisions/0025)."""
    is_praise = report.kind is ReportKind.TOKEN_CORRECT
    if report.state is ReportState.IGNORED or (is_praise and books.lives[report.task_id].kind == RECAPTCHA_V2):
        return None
    return Standing(report.account_id, report.worker_id, filtered=not is_praise)


_REPEATED = Refusal(Reason.REPORT_REPEATED, WHYS[Reason.REPORT_REPEATED])
