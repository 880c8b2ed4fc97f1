"""A customer's jobs, alike for every edge: open a draft, look, change, start, pause, go on, cancel."""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import Owner
from manyeyes.actions.change_jobs import ChangeJob, change_jobs
from manyeyes.actions.open_jobs import OpenJob, open_jobs
from manyeyes.actions.revise_drafts import ReviseDraft, revise_drafts
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import UNCHANGED, Job, JobChange, JobState, JobVerb, eta_seconds
from manyeyes.jobs.store import JobUpload, NewJob
from manyeyes.roles.customer.asked_people import too_few_people
from manyeyes.roles.customer.questions import GivenQuestion, picture_faults
from manyeyes.roles.customer.queue_pace import PACE_MINUTES, pace_of
from manyeyes.roles.customer.rehearsing import JobExpectation, expectation
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import question_store
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.question_rules import QuestionFault
from manyeyes.tasks.question_store import AskedQuestion
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.shapes import shape_of
from manyeyes.tasks.tokens import QUEUES as TOKEN_QUEUES
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import MemberFault, Reason, Refusal


class JobStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A job as its customer sees it.

    ``price_micros``: of an answer, now. ``eta_seconds``: until it is done, at the queue's recent speed; None: it does
    not run, or nothing tells. ``expected``: of a draft that is looked at by itself, what it will bring.
    """

    job: Job
    queue: QueueTerms
    question: AskedQuestion
    uploads: list[JobUpload]
    price_micros: int
    eta_seconds: int | None
    expected: JobExpectation | None = None

    @property
    def most_micros(self) -> int:
        """Return the most that a task may cost at this price."""
        return self.job.most_micros(self.price_micros)

    @property
    def total_micros(self) -> int:
        """Return the most that all of its items may cost at this price."""
        return self.job.items * self.most_micros


class OpenedDraft(msgspec.Struct, frozen=True):
    """``replayed``: the same call came before, and this is what it made."""

    standing: JobStanding
    replayed: bool


class JobsPage(msgspec.Struct, frozen=True):
    """Jobs in the order that was asked for; ``after``: the last one's number where there are more, else None."""

    jobs: list[JobStanding]
    after: int | None


class QueueChoice(msgspec.Struct, frozen=True):
    """A queue that a job may be put into: how many people are at it now, and how long so many items are likely to take.

    ``eta_seconds`` None: nothing tells.
    """

    queue: QueueTerms
    people: int
    eta_seconds: int | None


class CustomerJobs:
    """The jobs of whoever calls; those of other accounts are as unknown as ones that never were."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def open(
        self, owner: Owner, draft: NewJob, question: GivenQuestion, key: CallKey | None = None
    ) -> OpenedDraft | Refusal:
        """Return a new draft; its number and account are given here. ``key``: names the call.

        ``question`` was judged, but for the pixels of its examples. Refusals: KEY_REUSED, UNKNOWN_QUEUE,
        UNKNOWN_ACCOUNT, ACCOUNT_SUSPENDED, TASK_PROPERTIES.
        """
        unfit = await self._why_not(draft)
        if unfit:
            return unfit
        faults = await picture_faults(self._context, owner.account_id, question)
        if faults:
            return faults if isinstance(faults, Refusal) else unfit_question(faults)
        job_id = await self._context.id_blocks.take(owner.cell)
        question_id = await self._context.id_blocks.take(owner.cell)
        command = OpenJob(
            cell=owner.cell,
            job=msgspec.structs.replace(draft, job_id=job_id, account_id=owner.account_id),
            question=question.new(question_id, owner.account_id),
            key=key,
        )
        outcome = await self._context.batcher.ask(open_jobs, command)
        if isinstance(outcome, Refusal):
            return outcome
        standing = await self.get(owner, outcome.job_id)
        return standing if isinstance(standing, Refusal) else OpenedDraft(standing, outcome.replayed)

    async def get(self, owner: Owner, job_id: int) -> JobStanding | Refusal:
        """Return one job, or UNKNOWN_JOB."""

        async def read(db: asyncpg.Connection) -> list[Job]:
            return list((await jobs.jobs(db, owner.cell, [job_id])).values())

        found = await read_patiently(self._context.cells.pool(owner.cell), read)
        mine = [job for job in found if job.account_id == owner.account_id]
        if not mine:
            return _unknown(job_id)
        (standing,) = await self._standings(owner.cell, mine)
        if standing.job.state is not JobState.DRAFT:
            return standing
        shape = shape_of(picture_options(standing.question.kind, standing.question.options))
        terms = standing.job.people(standing.price_micros) or standing.job.terms
        expected = await expectation(self._context, owner, standing.queue, shape, terms, standing.job)
        return msgspec.structs.replace(standing, expected=expected)

    async def page(
        self, owner: Owner, *, after: int | None = None, limit: int = 100, is_newest_first: bool = True
    ) -> JobsPage:
        """Return the jobs that follow the one numbered ``after``, at most ``limit``; None: from the first on."""
        place = after if after is not None else (_NEWEST if is_newest_first else 0)

        async def read(db: asyncpg.Connection) -> list[Job]:
            return await jobs.page(
                db, owner.cell, owner.account_id, after=place, limit=limit + 1, is_newest_first=is_newest_first
            )

        found = await read_patiently(self._context.cells.pool(owner.cell), read)
        shown = found[:limit]
        return JobsPage(await self._standings(owner.cell, shown), shown[-1].job_id if len(found) > limit else None)

    async def change(
        self, owner: Owner, job_id: int, change: JobChange, key: CallKey | None = None, *, actor: Actor = BY_ITSELF
    ) -> JobStanding | Refusal:
        """Change a job's name and bounds, start, pause or cancel it; return it as it then is. ``key``: names the call.

        Refusals: see `actions/change_jobs.py`.
        """
        found = await self.get(owner, job_id)
        if isinstance(found, Refusal):
            return found
        is_start = change.verb is JobVerb.START and found.job.state is JobState.DRAFT
        unfit = (self._context.disk_room.refusal() or await self._why_not(found.job)) if is_start else None
        if unfit:
            return unfit
        command = ChangeJob(
            cell=owner.cell,
            job_id=job_id,
            account_id=owner.account_id,
            change=change,
            price_micros=found.price_micros,
            key=key,
            actor=actor,
        )
        outcome = await self._context.batcher.ask(change_jobs, command)
        self._context.job_bell.ring()
        return outcome if isinstance(outcome, Refusal) else await self.get(owner, job_id)

    async def revise(self, owner: Owner, job_id: int, draft: NewJob, question: GivenQuestion) -> JobStanding | Refusal:
        """Let a draft be as ``draft`` and ask ``question``, its items too; return it as it then is.

        Refusals: UNKNOWN_QUEUE, TASK_PROPERTIES (pictures of examples too), and see `actions/revise_drafts.py`.
        """
        unfit = await self._why_not(draft)
        if unfit:
            return unfit
        faults = await picture_faults(self._context, owner.account_id, question)
        if faults:
            return faults if isinstance(faults, Refusal) else unfit_question(faults)
        command = ReviseDraft(
            cell=owner.cell,
            job=msgspec.structs.replace(draft, job_id=job_id, account_id=owner.account_id),
            question=question.new(await self._context.id_blocks.take(owner.cell), owner.account_id),
        )
        outcome = await self._context.batcher.ask(revise_drafts, command)
        return outcome if isinstance(outcome, Refusal) else await self.get(owner, job_id)

    async def start(
        self, owner: Owner, job_id: int, key: CallKey | None = None, *, actor: Actor = BY_ITSELF
    ) -> JobStanding | Refusal:
        """Start a draft, or let a paused job go on; one that runs stays as it is."""
        return await self.change(
            owner, job_id, msgspec.structs.replace(UNCHANGED, verb=JobVerb.START), key, actor=actor
        )

    resume = start

    async def pause(self, owner: Owner, job_id: int, *, actor: Actor = BY_ITSELF) -> JobStanding | Refusal:
        """Let what waits rest; what is being answered is finished."""
        return await self.change(owner, job_id, msgspec.structs.replace(UNCHANGED, verb=JobVerb.PAUSE), actor=actor)

    async def cancel(self, owner: Owner, job_id: int, *, actor: Actor = BY_ITSELF) -> JobStanding | Refusal:
        """Give up all that waits; what is held for it is given back, what is answered stays."""
        return await self.change(owner, job_id, msgspec.structs.replace(UNCHANGED, verb=JobVerb.CANCEL), actor=actor)

    async def queue_choices(self, cell: int, items: int) -> list[QueueChoice]:
        """Return the queues in the order of their numbers, with how long ``items`` more tasks are likely to take."""
        queues = await self._context.lookups.queues()
        paces = {each: await pace_of(self._context, cell, each) for each in sorted(queues) if each not in TOKEN_QUEUES}
        return [
            QueueChoice(queues[each], pace.present, eta_seconds(items, pace.answered, PACE_MINUTES * 60, pace.present))
            for each, pace in paces.items()
        ]

    async def _why_not(self, draft: NewJob | Job) -> Refusal | None:
        """Return why a queue cannot do a job: there is none, it is one of tokens, whose workers have no screen for
        pictures, or too few people take its tasks."""
        queue = (await self._context.lookups.queues()).get(draft.queue_id)
        if queue is None or draft.queue_id in TOKEN_QUEUES:
            return _no_queue(draft.queue_id)
        return await too_few_people(self._context, queue, draft.terms)

    async def _standings(self, cell: int, found: Sequence[Job]) -> list[JobStanding]:
        if not found:
            return []

        asked_ids = sorted({job.question_id for job in found})

        async def read(db: asyncpg.Connection) -> tuple[list[JobUpload], dict[int, AskedQuestion]]:
            files = await jobs.uploads(db, cell, [job.job_id for job in found])
            return files, await question_store.questions(db, cell, asked_ids)

        files, asked = await read_patiently(self._context.cells.pool(cell), read)
        queues = await self._context.lookups.queues()
        return [
            JobStanding(
                job=job,
                queue=queues[job.queue_id],
                question=asked[job.question_id],
                uploads=[each for each in files if each.job_id == job.job_id],
                price_micros=queues[job.queue_id].price_micros,
                eta_seconds=await self._eta(cell, job),
            )
            for job in found
        ]

    async def _eta(self, cell: int, job: Job) -> int | None:
        if job.state is not JobState.RUNNING:
            return None
        pace = await pace_of(self._context, cell, job.queue_id)
        return eta_seconds(job.open + job.held_back, pace.answered, PACE_MINUTES * 60, pace.present)


def unfit_question(faults: Sequence[QuestionFault]) -> Refusal:
    """Return the refusal of a job for what is wrong with its question, each with its place in the body."""
    findings = tuple(MemberFault(why, f"/question{pointer}") for pointer, why in faults)
    return Refusal(Reason.TASK_PROPERTIES, f"{findings[0].pointer}: {findings[0].detail}", findings)


def _unknown(job_id: int) -> Refusal:
    return Refusal(Reason.UNKNOWN_JOB, f"there is no job {job_id}")


def _no_queue(queue_id: int) -> Refusal:
    return Refusal(Reason.UNKNOWN_QUEUE, f"there is no queue {queue_id} for pictures")


_NEWEST = 2**63 - 1
