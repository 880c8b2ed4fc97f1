"""What the server answers, from its OpenAPI description: made by tools/make_client.py.

Money is USD; what a later server says beside these members is passed over."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec


class QueueName(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str


class People(msgspec.Struct, frozen=True, kw_only=True):
    """How many people a task takes; ``wrong_at_most`` null: the majority is enough."""

    answers: int
    answers_at_most: int
    wrong_at_most: float | None = None
    uncertain: str


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """``value`` and ``text`` are null when the account's keep is over.

    ``answers``: how many people gave one; ``from_``: whose the result is, people's or a reviewer's. ``confidence``:
    from 0 to 1, null where one person's word is all; ``proven``: audits prove what the terms promise for it;
    ``uncertain``: it is the best there is, and no more.
    """

    value: Any = None
    text: str | None = None
    answers: int
    confidence: float | None = None
    proven: bool
    uncertain: bool
    from_: str = msgspec.field(name="from")
    kept: bool


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    detail: str


class ReportNote(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    state: str


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """``price``: the most it may cost; ``cost``: what was charged, of which ``refunded`` came back."""

    id: int
    state: str
    job: int | None = None
    line: int | None = None
    external_id: str
    queue: QueueName
    question: dict[str, Any]
    terms: People
    created_at: datetime
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    result: TaskResult | None = None
    failure: Failure | None = None
    price: Decimal
    cost: Decimal
    refunded: Decimal
    picture_url: str | None = None
    report: ReportNote | None = None
    report_until: datetime | None = None


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """A page; ``next`` is the ``cursor`` of the following one, null when there is none; of changes it is never null."""

    items: list[Task]
    next: str | None = None


class VoteTold(msgspec.Struct, frozen=True, kw_only=True):
    """A vote as both sides see it: nobody's name."""

    verdict: str
    reason: str
    at: datetime


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as its customer sees it; ``why`` is a code, ``reason`` the sentence for it; money in USD.

    ``votes`` are shown when the complaint is decided; ``image_url`` is null when no picture is kept.
    """

    task_id: int
    kind: str
    state: str
    why: str
    reason: str
    queue: str
    answer: str
    filed_at: datetime
    task_ended_at: datetime | None = None
    decided_at: datetime | None = None
    votes: list[VoteTold]
    refunded: float
    image_url: str | None = None


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """``marks``: what its pictures may show, as docs/reference/v1/worker.md lists it."""

    id: int
    name: str
    marks: list[str]


class JobTerms(msgspec.Struct, frozen=True, kw_only=True):
    """``price_at_most`` null: any price; ``life`` null: the queue's, in seconds; ``deadline`` null: none."""

    answers: int
    answers_at_most: int
    wrong_at_most: float | None = None
    uncertain: str
    price_at_most: Decimal | None = None
    life: int | None = None
    deadline: datetime | None = None


class JobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """``items`` = ``open`` (wait or are being answered) + ``held_back`` (not entered yet) + those that ended."""

    items: int
    open: int
    held_back: int
    done: int
    failed: int
    cancelled: int


class JobPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The most that a task may cost now, and that the whole job may; ``per_answer``: what each answer costs."""

    per_answer: Decimal
    task: Decimal
    total: Decimal


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file of items; ``complete`` false: its lines are no items yet, send the rest of it."""

    key: str
    lines: int
    complete: bool


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected, and between what it will lie in 95 cases of 100."""

    expected: float
    low: float
    high: float


class CostBand(msgspec.Struct, frozen=True, kw_only=True):
    """The same of money, in USD."""

    cost: Decimal
    cost_low: Decimal
    cost_high: Decimal


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft will bring for ``items`` pictures: 100 while it has none.

    ``known``: people of the queue of whom anything is known; 0: all of it is a guess. ``accuracy``: share of right ones
    among the certain results; ``uncertain``: share of the others; ``people``: a picture. ``seconds`` null: nothing
    tells. ``difficulty``: correlation of two people's errors on a picture; null: too little tells, 0.2 is taken.
    """

    items: int
    known: int
    accuracy: Band
    uncertain: Band
    people: Band
    cost: CostBand
    seconds: Band | None = None
    difficulty: float | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job; ``net`` is charged less refunded. ``waits_for``: why nothing enters now; null: it goes on.

    ``eta_seconds``: until it is done at the queue's recent speed; null when nothing tells. ``rehearsal``: what a draft
    will bring; null in lists, and of every other job.
    """

    id: int
    name: str
    state: str
    waits_for: str | None = None
    queue: Queue
    question: dict[str, Any]
    terms: JobTerms
    budget: Decimal | None = None
    callback_url: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deadline: datetime | None = None
    counts: JobCounts
    price: JobPrice
    held: Decimal
    charged: Decimal
    refunded: Decimal
    net: Decimal
    uploads: list[Upload]
    eta_seconds: int | None = None
    rehearsal: Rehearsal | None = None


class Jobs(msgspec.Struct, frozen=True, kw_only=True):
    """A page of jobs; ``next`` begins the one after it, null when there is none."""

    items: list[Job]
    next: str | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is complete. ``items``: of the whole job; ``skipped``: files that are no pictures, up to 100."""

    key: str
    lines: int
    complete: bool
    items: int
    skipped: list[str]


class JobProgress(msgspec.Struct, frozen=True, kw_only=True):
    """What of a job changes while it runs; as in the job itself."""

    id: int
    state: str
    waits_for: str | None = None
    counts: JobCounts
    held: Decimal
    charged: Decimal
    refunded: Decimal
    net: Decimal
    eta_seconds: int | None = None
    ended_at: datetime | None = None
