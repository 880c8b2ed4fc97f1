"""Open jobs: drafts with a question and terms, which cost nothing until they are started."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.asked_questions import NewQuestion, hold_questions
from manyeyes.jobs import store as jobs
from manyeyes.jobs.store import NewJob
from manyeyes.values.refusals import Reason, Refusal


class OpenJob(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and what it asks; ``job.question_id`` counts for nothing: the question's own does, or that of the same
    one that the account asked before. Both numbers were taken beforehand, so a repeated command is recognised."""

    cell: int
    job: NewJob
    question: NewQuestion
    retried: bool = False


class OpenedJob(msgspec.Struct, frozen=True):
    job_id: int


async def open_jobs(tx: asyncpg.Connection, now: datetime, commands: Sequence[OpenJob]) -> list[OpenedJob | Refusal]:
    """Return each draft's number, or its refusal: UNKNOWN_ACCOUNT, ACCOUNT_SUSPENDED, TASK_PROPERTIES (a deadline that
    is over)."""
    # 1. Load: the accounts' terms, and what a retried command stored before.
    cell = commands[0].cell
    terms = await accounts.terms(tx, cell, sorted({c.job.account_id for c in commands}))
    retried = [c.job.job_id for c in commands if c.retried]
    done = await jobs.existing(tx, cell, retried) if retried else set()
    # 2. Decide.
    new = [c for c in commands if c.job.job_id not in done]
    refused = {c.job.job_id: refusal for c in new if (refusal := _refusal(c, terms, now))}
    fresh = [c for c in new if c.job.job_id not in refused]
    # 3. Save: the questions, or the same ones of before, and the drafts.
    if fresh:
        asked = await hold_questions(tx, now, cell, [c.question for c in fresh])
        drafts = [msgspec.structs.replace(c.job, question_id=asked[c.question.question_id]) for c in fresh]
        await jobs.insert_jobs(tx, now, cell, drafts)
    return [refused.get(c.job.job_id) or OpenedJob(c.job.job_id) for c in commands]


def _refusal(command: OpenJob, terms: dict[int, accounts.Terms], now: datetime) -> Refusal | None:
    found = terms.get(command.job.account_id)
    if found is None:
        return Refusal(Reason.UNKNOWN_ACCOUNT, "the account does not exist")
    if found.suspended:
        return Refusal(Reason.ACCOUNT_SUSPENDED, "the account is suspended")
    if command.job.deadline is not None and command.job.deadline <= now:
        return Refusal(Reason.TASK_PROPERTIES, "the deadline must be in the future")
    return None
