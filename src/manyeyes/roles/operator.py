"""What the operator sees and decides of reports, alike for the command line and the screens: appeals and reviewers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.decide_appeals import AppealDecided, DecideAppeal, decide_appeals
from manyeyes.panels import store as panels
from manyeyes.reports import slots, store
from manyeyes.reports.appeals import store as appeals
from manyeyes.reports.appeals.store import Appeal
from manyeyes.reports.rules import FEWEST_JUDGED, LONGEST_REASON, is_ignored, is_outlier, share_interval
from manyeyes.reports.slots import ReviewerRecord
from manyeyes.reports.store import Cast, Record
from manyeyes.roles.pictures import KeptPicture, kept_picture
from manyeyes.runtime.context import Context
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion, shown_answer
from manyeyes.tasks.options import PictureOptions, picture_options
from manyeyes.tasks.rules import wire_id
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import read_words
from manyeyes.workers.register import store as register

LARGEST_LIST = 200


class OpenAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal that waits for the operator; ``pay_micros`` is what the worker lost.

    ``task_id`` is the wire's; of one of several answers the answer's own number, since each may have an appeal.
    The picture may be gone, or have ``marks``, its own and its queue's: it is to be looked at only by choice.
    """

    cell: int
    task_id: int
    worker_id: int
    worker_name: str
    words: str
    pay_micros: int
    filed_at: datetime
    options: PictureOptions
    answer: str
    votes: list[Cast]
    picture: KeptPicture | None
    marks: int


class ReviewerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A reviewer's votes on decided complaints; ``is_outlier``: far more often against the verdict than the others.

    Shares are fractions of the votes that went against the verdict: the true one lies between ``least`` and ``most`` in
    95 of 100 cases; ``others`` is that of all others together, None when there are none.
    """

    worker_id: int
    name: str
    votes: int
    against: int
    is_outlier: bool
    least: float
    most: float
    others: float | None

    @property
    def share(self) -> float:
        """Return the share of the reviewer's votes that went against the verdict."""
        return self.against / self.votes


class OpenComplaints(msgspec.Struct, frozen=True):
    """How many complaints are with reviewers; ``oldest_at`` is None when there are none."""

    number: int
    oldest_at: datetime | None


class IgnoredAccount(msgspec.Struct, frozen=True):
    """An account whose complaints are ignored (reports/rules.py, `is_ignored`), with its record."""

    account_id: int
    name: str
    judged: int
    confirmed: int


class _Waiting(msgspec.Struct, frozen=True):
    appeal: Appeal
    question: TaskQuestion
    answer: str
    votes: list[Cast]
    queue_id: int


async def open_appeals(context: Context) -> list[OpenAppeal]:
    """Return the appeals that wait, the oldest first."""
    waiting = [(cell, each) for cell in context.cells.numbers for each in await _waiting(context, cell)]
    names = await _names(context, [each.appeal.worker_id for _, each in waiting])
    queues = await context.lookups.queues()
    found = [
        OpenAppeal(
            cell=cell,
            task_id=wire_id(each.appeal.task_id),
            worker_id=each.appeal.worker_id,
            worker_name=names.get(each.appeal.worker_id, ""),
            words=each.appeal.words,
            pay_micros=each.appeal.pay_micros,
            filed_at=each.appeal.filed_at,
            options=picture_options(each.question.kind, each.question.options),
            answer=each.answer,
            votes=each.votes,
            picture=kept_picture(cell, each.question),
            marks=queues[each.queue_id].marks | each.question.marks,
        )
        for cell, each in waiting
    ]
    return sorted(found, key=lambda each: each.filed_at)


async def decide_appeal(
    context: Context, task_id: int, *, accepted: bool, answer: str = "", cell: int = 0, actor: Actor = BY_ITSELF
) -> AppealDecided | Refusal:
    """Decide the appeal about the task with this wire id; ``answer`` is what the worker is told.

    ``cell``: where the task is; 0: in the one cell that has such an appeal. Cells number their tasks each for itself,
    so two may have one: then nothing is decided.
    """
    try:
        answer = read_words(answer, "answer", LONGEST_REASON)
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    cells = [n for n in context.cells.numbers if n == cell] if cell else await _with_appeal(context, task_id)
    if not cells:
        return Refusal(Reason.UNKNOWN_REPORT, f"there is no appeal about task {task_id}")
    if len(cells) > 1:
        said = f"there are appeals about a task {task_id} in the cells {', '.join(map(str, cells))}: say which"
        return Refusal(Reason.UNKNOWN_REPORT, said)
    serial = await context.id_blocks.of_wire(cells[0], task_id)
    command = DecideAppeal(cells[0], serial, accepted, answer, actor)
    outcome = await context.batcher.ask(decide_appeals, command)
    return outcome


async def _with_appeal(context: Context, task_id: int) -> list[int]:
    """Return the cells where an appeal about this wire id waits; if none does, those where one is decided."""
    found: dict[int, bool] = {}
    for cell in context.cells.numbers:
        serial = await context.id_blocks.of_wire(cell, task_id)
        async with context.cells.pool(cell).acquire() as db:
            own = (await appeals.appeals(db, cell, [serial])).get(serial)
        if own:
            found[cell] = own.decided_at is None
    return [cell for cell, waits in found.items() if waits] or list(found)


async def open_complaints(context: Context) -> OpenComplaints:
    """Return how many complaints wait for reviewers in all cells, and since when the oldest does."""
    number_open, oldest = 0, []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found, filed_at = await store.open_complaints(db, cell)
        number_open += found
        oldest += [filed_at] if filed_at else []
    return OpenComplaints(number_open, min(oldest, default=None))


async def ignored_accounts(context: Context) -> list[IgnoredAccount]:
    """Return the accounts whose complaints are ignored, the least confirmed first."""
    ignored: dict[int, Record] = {}
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            records = await store.every_reporter(db, cell, FEWEST_JUDGED)
        ignored |= {key: record for key, record in records.items() if is_ignored(record.judged, record.confirmed)}
    async with context.cells.directory.acquire() as db:
        names = await accounts.names_of(db, ignored)
    found = [
        IgnoredAccount(account_id, names.get(account_id, ""), record.judged, record.confirmed)
        for account_id, record in ignored.items()
    ]
    return sorted(found, key=lambda each: (each.confirmed / each.judged, each.account_id))


async def reviewer_standings(context: Context) -> list[ReviewerStanding]:
    """Return every reviewer's record, those who vote against the majority most often first."""
    records: dict[int, ReviewerRecord] = {}
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found = await slots.records(db, cell)
        for record in found:
            before = records.get(record.reviewer_id, ReviewerRecord(record.reviewer_id, 0, 0))
            votes, against = before.votes + record.votes, before.against + record.against
            records[record.reviewer_id] = ReviewerRecord(record.reviewer_id, votes, against)
    names = await _names(context, records)
    seen = [_standing(record, list(records.values()), names) for record in records.values()]
    return sorted(seen, key=lambda each: (-each.against / each.votes, each.worker_id))


def _standing(record: ReviewerRecord, every: Sequence[ReviewerRecord], names: dict[int, str]) -> ReviewerStanding:
    others_votes = sum(each.votes for each in every) - record.votes
    others_against = sum(each.against for each in every) - record.against
    least, most = share_interval(record.against, record.votes)
    return ReviewerStanding(
        worker_id=record.reviewer_id,
        name=names.get(record.reviewer_id, ""),
        votes=record.votes,
        against=record.against,
        is_outlier=is_outlier(record.votes, record.against, others_votes, others_against),
        least=least,
        most=most,
        others=others_against / others_votes if others_votes else None,
    )


async def _waiting(context: Context, cell: int) -> list[_Waiting]:
    async with context.cells.pool(cell).acquire() as db:
        waiting = await appeals.open_appeals(db, cell, LARGEST_LIST)
        ids = [each.task_id for each in waiting]
        own = await panels.answers_by_number(db, cell, ids)
        about = [own[i].task_id if i in own else i for i in ids]
        questions, answers = await history.questions(db, cell, about), await history.answers(db, cell, about)
        reports, votes = await store.existing(db, cell, about), await store.votes_of(db, cell, about)
    answers |= {i: shown_answer(questions[one.task_id], one.text or "") for i, one in own.items()}
    return [
        _Waiting(each, questions[t], answers.get(each.task_id, ""), votes.get(t, []), reports[t].queue_id)
        for t, each in zip(about, waiting, strict=True)
    ]


async def _names(context: Context, worker_ids: Iterable[int]) -> dict[int, str]:
    async with context.cells.directory.acquire() as db:
        return await register.names_of(db, worker_ids)
