"""Revise drafts: another question, queue or bounds, for the items too that are there already (docs/decisions/0054)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.asked_questions import NewQuestion, hold_questions
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import Job, JobState
from manyeyes.jobs.store import NewJob
from manyeyes.tasks import job_items, question_store
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.values.refusals import Reason, Refusal


class ReviseDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it shall be; ``job.job_id`` and ``job.account_id`` name it, ``job.question_id`` counts for nothing."""

    cell: int
    job: NewJob
    question: NewQuestion


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A job with what it asks, while its batch is decided."""

    job: Job
    options: PictureOptions
    has_truths: bool


async def revise_drafts(tx: asyncpg.Connection, now: datetime, commands: Sequence[ReviseDraft]) -> list[Job | Refusal]:
    """Return each draft as it then is, or why it cannot be so.

    Refusals: UNKNOWN_JOB (of another account too), JOB_NOT_DRAFT, UPLOAD_OPEN (a file is only half there),
    TASK_PROPERTIES (a deadline that is over; right answers are there, which are answers to another question).
    """
    # 1. Load: the jobs, locked; what they ask; whether a file is half there, and whether right answers are.
    cell, ids = commands[0].cell, sorted({c.job.job_id for c in commands})
    found = await jobs.lock_jobs(tx, cell, ids)
    half = {upload.job_id for upload in await jobs.uploads(tx, cell, ids) if not upload.complete}
    drafts = {job_id: await _loaded(tx, cell, job) for job_id, job in found.items()}
    # 2. Decide: each finds what those before it left.
    outcomes: list[Job | Refusal | None] = []
    fitting: list[ReviseDraft] = []
    for c in commands:
        refusal = _why_not(c, drafts.get(c.job.job_id), now, is_half=c.job.job_id in half)
        if refusal is None:
            fitting.append(c)
            drafts[c.job.job_id] = msgspec.structs.replace(drafts[c.job.job_id], options=_options(c.question))
        outcomes.append(refusal)
    # 3. Save: the questions, or the same ones of before, the drafts, and their items where these are asked otherwise.
    asked = await hold_questions(tx, now, cell, [c.question for c in fitting]) if fitting else {}
    revised = iter([_revised(c, found[c.job.job_id], asked, now) for c in fitting])
    answers = [next(revised) if outcome is None else outcome for outcome in outcomes]
    last = {job.job_id: job for job in answers if isinstance(job, Job)}
    await jobs.revise_jobs(tx, cell, list(last.values()))
    await _ask_anew(tx, cell, fitting, found, last)
    return answers


async def _loaded(tx: asyncpg.Connection, cell: int, job: Job) -> _Draft:
    question = await question_store.question(tx, cell, job.question_id)
    assert question  # a job has one
    options = picture_options(question.kind, question.options)
    return _Draft(job=job, options=options, has_truths=await job_items.has_truths(tx, cell, job.job_id))


def _options(question: NewQuestion) -> PictureOptions:
    return picture_options(question.kind, question.options_json)


def _why_not(command: ReviseDraft, draft: _Draft | None, now: datetime, *, is_half: bool) -> Refusal | None:
    job = command.job
    if draft is None or draft.job.account_id != job.account_id:
        return Refusal(Reason.UNKNOWN_JOB, f"there is no job {job.job_id}")
    if draft.job.state is not JobState.DRAFT:
        return Refusal(Reason.JOB_NOT_DRAFT, "what is asked is changed before the job is started")
    if is_half:
        return Refusal(Reason.UPLOAD_OPEN, "a file is only half there; send the rest of it, or drop it")
    if job.deadline is not None and job.deadline <= now:
        return Refusal(Reason.TASK_PROPERTIES, "the deadline must be in the future")
    if draft.has_truths and _unworded(draft.options) != _unworded(_options(command.question)):
        said = "the files hold right answers to the question as it is; drop them before it is another one"
        return Refusal(Reason.TASK_PROPERTIES, said)
    return None


def _unworded(options: PictureOptions) -> PictureOptions:
    return msgspec.structs.replace(options, comment="")


def _revised(command: ReviseDraft, job: Job, asked: Mapping[int, int], now: datetime) -> Job:
    wanted = command.job
    return msgspec.structs.replace(
        job,
        name=wanted.name,
        queue_id=wanted.queue_id,
        question_id=asked[command.question.question_id],
        terms=wanted.terms,
        life_seconds=wanted.life_seconds,
        deadline=wanted.deadline,
        budget_micros=wanted.budget_micros,
        price_at_most_micros=wanted.price_at_most_micros,
        callback_url=wanted.callback_url,
        base_url=wanted.base_url,
        changed_at=now,
    )


async def _ask_anew(
    tx: asyncpg.Connection,
    cell: int,
    commands: Sequence[ReviseDraft],
    before: Mapping[int, Job],
    after: Mapping[int, Job],
) -> None:
    """Let the items of drafts that changed ask what these ask now; what a customer said of one alone stays with it."""
    questions = {c.job.job_id: c.question for c in commands}
    for job_id, job in sorted(after.items()):
        old = before[job_id]
        if job.items and (old.question_id, old.queue_id) != (job.question_id, job.queue_id):
            asked = await question_store.question(tx, cell, old.question_id)
            assert asked
            words = picture_options(asked.kind, asked.options).comment
            new = questions[job_id]
            await job_items.ask_anew(
                tx, cell, job_id, queue_id=job.queue_id, question_id=job.question_id, kind=new.kind, said=words,
                options=new.options_json,
            )  # fmt: skip
