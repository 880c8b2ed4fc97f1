"""Jobs as /v1 shows them: counts, money as decimal text in USD, what waits, and when it may be done."""

from datetime import datetime
from typing import Annotated

import msgspec

from manyeyes.consensus.rehearsal import ExpectedBand
from manyeyes.jobs.rules import Job
from manyeyes.jobs.store import JobUpload
from manyeyes.roles.customer.jobs import JobStanding
from manyeyes.roles.customer.rehearsing import JobExpectation
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.question_store import AskedQuestion
from manyeyes.v1.question_views import question_view
from manyeyes.v1.terms import PeopleView, people_view
from manyeyes.v1.worker_views import QueueView, queue_view
from manyeyes.values.money import text

AskedJson = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"type": "object"})]


class JobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """``items`` = ``open`` (wait or are being answered) + ``held_back`` (not entered yet) + those that ended."""

    items: int
    open: int
    held_back: int
    done: int
    failed: int
    cancelled: int


class JobPrice(msgspec.Struct, frozen=True):
    """The most that a task may cost now, and that the whole job may; ``per_answer``: what each answer costs."""

    per_answer: str
    task: str
    total: str


class JobTermsView(PeopleView, frozen=True, kw_only=True):
    """``price_at_most`` null: any price; ``life`` null: the queue's, in seconds; ``deadline`` null: none."""

    price_at_most: str | None
    life: int | None
    deadline: datetime | None


class UploadView(msgspec.Struct, frozen=True):
    """A file of items; ``complete`` false: its lines are no items yet, send the rest of it."""

    key: str
    lines: int
    complete: bool


class BandView(msgspec.Struct, frozen=True):
    """What is expected, and between what it will lie in 95 cases of 100."""

    expected: float
    low: float
    high: float


class CostBandView(msgspec.Struct, frozen=True):
    """The same of money, in USD."""

    cost: str
    cost_low: str
    cost_high: str


class RehearsalView(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft will bring for ``items`` pictures: 100 while it has none.

    ``known``: people of the queue of whom anything is known; 0: all of it is a guess. ``accuracy``: share of right ones
    among the certain results; ``uncertain``: share of the others; ``people``: a picture. ``seconds`` null: nothing
    tells. ``difficulty``: correlation of two people's errors on a picture; null: too little tells, 0.2 is taken.
    """

    items: int
    known: int
    accuracy: BandView
    uncertain: BandView
    people: BandView
    cost: CostBandView
    seconds: BandView | None
    difficulty: float | None


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job; ``net`` is charged less refunded. ``waits_for``: why nothing enters now; null: it goes on.

    ``eta_seconds``: until it is done at the queue's recent speed; null when nothing tells. ``rehearsal``: what a draft
    will bring; null in lists, and of every other job.
    """

    id: int
    name: str
    state: str
    waits_for: str | None
    queue: QueueView
    question: AskedJson
    terms: JobTermsView
    budget: str | None
    callback_url: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    deadline: datetime | None
    counts: JobCounts
    price: JobPrice
    held: str
    charged: str
    refunded: str
    net: str
    uploads: list[UploadView]
    eta_seconds: int | None
    rehearsal: RehearsalView | None


class JobsView(msgspec.Struct, frozen=True):
    """A page of jobs; ``next`` begins the one after it, null when there is none."""

    items: list[JobView]
    next: str | None


def job_view(standing: JobStanding) -> JobView:
    """Return a job as its customer sees it."""
    job = standing.job
    return JobView(
        id=job.job_id,
        name=job.name,
        state=job.state.name.lower(),
        waits_for=str(job.waits_for) or None,
        queue=queue_view(standing.queue),
        question=_question(standing.question),
        terms=_terms(job),
        budget=_amount(job.budget_micros),
        callback_url=job.callback_url,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        deadline=job.deadline,
        counts=job_counts(job),
        price=JobPrice(text(standing.price_micros), text(standing.most_micros), text(standing.total_micros)),
        held=text(job.held_micros),
        charged=text(job.charged_micros),
        refunded=text(job.refunded_micros),
        net=text(job.charged_micros - job.refunded_micros),
        uploads=[_upload(each) for each in standing.uploads],
        eta_seconds=standing.eta_seconds,
        rehearsal=_rehearsal(standing.expected) if standing.expected else None,
    )


def job_counts(job: Job) -> JobCounts:
    """Return how far a job is."""
    return JobCounts(
        items=job.items,
        open=job.open,
        held_back=job.held_back,
        done=job.solved,
        failed=job.unsolvable + job.unanswered + job.failed,
        cancelled=job.cancelled,
    )


def _rehearsal(told: JobExpectation) -> RehearsalView:
    return RehearsalView(
        items=told.items,
        known=told.known,
        accuracy=_band(told.accuracy),
        uncertain=_band(told.uncertain),
        people=_band(told.people),
        cost=CostBandView(*(text(round(each)) for each in (told.micros.expected, told.micros.low, told.micros.high))),
        seconds=_band(told.seconds) if told.seconds else None,
        difficulty=None if told.difficulty is None else round(told.difficulty, 4),
    )


def _band(band: ExpectedBand) -> BandView:
    return BandView(*(round(each, 4) for each in (band.expected, band.low, band.high)))


def _question(question: AskedQuestion) -> msgspec.Raw:
    """Return a question as it was asked, with its instructions where it has any; its examples stay out of lists."""
    options = picture_options(question.kind, question.options)
    told = {"instructions": question.instructions} if question.instructions else {}
    return msgspec.Raw(_numbers.encode({**question_view(question.kind, options), **told}))


def _terms(job: Job) -> JobTermsView:
    return JobTermsView(
        **msgspec.structs.asdict(people_view(job.terms)),
        price_at_most=_amount(job.price_at_most_micros),
        life=job.life_seconds,
        deadline=job.deadline,
    )


def _amount(micros: int | None) -> str | None:
    return None if micros is None else text(micros)


def _upload(upload: JobUpload) -> UploadView:
    return UploadView(upload.upload_key, upload.lines, upload.complete)


_numbers = msgspec.json.Encoder(decimal_format="number")
