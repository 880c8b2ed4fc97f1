"""Open jobs: drafts with a question and terms, which cost nothing until they are started."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import Terms
from manyeyes.actions.shared.asked_questions import NewQuestion, hold_questions
from manyeyes.actions.shared.repeated_calls import RepeatedCalls, open_calls
from manyeyes.jobs import store as jobs
from manyeyes.jobs.store import NewJob
from manyeyes.values.refusals import Reason, Refusal


class OpenJob(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and what it asks; ``job.question_id`` counts for nothing: the question's own does, or that of the same
    one that the account asked before. Both numbers were taken beforehand, so a repeated command is recognised.

    ``key``: how the caller names the call; None when they do not.
    """

    cell: int
    job: NewJob
    question: NewQuestion
    key: CallKey | None = None
    retried: bool = False


class OpenedJob(msgspec.Struct, frozen=True):
    """``replayed``: the same call came before, and this is what it made."""

    job_id: int
    replayed: bool = False


async def open_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[OpenJob]) -> list[OpenedJob | Refusal]:
    """Return each draft's number, or its refusal.

    Refusals: KEY_REUSED, UNKNOWN_ACCOUNT, ACCOUNT_SUSPENDED, TASK_PROPERTIES (a deadline that is over).
    """
    # 1. Load: the calls' keys, the accounts' terms, what a retried command stored before.
    cell = commands[0].cell
    calls = await open_calls(tx, now, cell, [(c.job.account_id, c.key, c.job.job_id) for c in commands])
    terms = await accounts.terms(tx, cell, sorted({c.job.account_id for c in commands}))
    retried = [c.job.job_id for c in commands if c.retried]
    done = await jobs.existing(tx, cell, retried) if retried else set()
    # 2. Decide.
    outcomes: list[OpenedJob | Refusal] = []
    fresh: list[OpenJob] = []
    for command in commands:
        outcome = OpenedJob(command.job.job_id) if command.job.job_id in done else _earlier(command, calls)
        if outcome is None:
            outcome = _decide(command, terms, now)
            if isinstance(outcome, OpenedJob):
                fresh.append(command)
                calls.keep(command.job.account_id, command.key, command.job.job_id)
        outcomes.append(outcome)
    # 3. Save: the questions, or the same ones of before, and the drafts.
    if fresh:
        asked = await hold_questions(tx, now, cell, [c.question for c in fresh])
        drafts = [msgspec.structs.replace(c.job, question_id=asked[c.question.question_id]) for c in fresh]
        await jobs.insert_jobs(tx, now, cell, drafts)
    await calls.save(tx, cell)
    return outcomes


def _earlier(command: OpenJob, calls: RepeatedCalls) -> OpenedJob | Refusal | None:
    """Return what the same call made before; None when it is the first."""
    before = calls.before(command.job.account_id, command.key)
    return OpenedJob(before, replayed=True) if isinstance(before, int) else before


def _decide(command: OpenJob, terms: Mapping[int, Terms], now: datetime) -> OpenedJob | Refusal:
    found = terms.get(command.job.account_id)
    if found is None:
        return Refusal(Reason.UNKNOWN_ACCOUNT, "the account does not exist")
    if found.suspended:
        return Refusal(Reason.ACCOUNT_SUSPENDED, "the account is suspended")
    if command.job.deadline is not None and command.job.deadline <= now:
        return Refusal(Reason.TASK_PROPERTIES, "the deadline must be in the future")
    return OpenedJob(command.job.job_id)
