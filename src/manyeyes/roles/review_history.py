"""What a reviewer said of complaints and results, newest first, and how far they agree with others; for them alone."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.certainty import judgements
from manyeyes.certainty.judgements import AlikeDecisions, OwnDecision
from manyeyes.reports import slots
from manyeyes.reports.rules import ReportState, Vote
from manyeyes.reports.voting import store as voting
from manyeyes.reports.voting.store import OwnVote
from manyeyes.roles.pictures import KeptPicture, kept_picture, marks_now
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import PictureOptions, picture_options, shown_text
from manyeyes.tasks.rules import QueueTerms, wire_id
from manyeyes.tasks.store import answered_leases
from manyeyes.values.money import text as money_text
from manyeyes.values.spreadsheet import csv_text
from manyeyes.workers.store import Worker

DAYS = 90  # of decisions that are compared with what people said
CSV_PAGE = 500
NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), 0)
SaidPlace = tuple[datetime, int]  # of an entry: when it was said, of which task; older ones come after it


class SaidOnce(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a reviewer said. Of a complaint ``vote`` and ``reason``, else ``value``: what they decided.

    ``answer``: what the complaint is about. Both are as people read them; ``value`` None: it cannot be judged.
    ``slot``: under which the vote can be corrected; None when it can not. ``state`` of the complaint, None of a result.
    ``others`` voted on the complaint as well, ``alike`` of them the same; both are 0 until it is decided, since
    reviewers judge blind. ``is_alike``: people had said the same together as they decided; None: nothing tells.
    """

    at: datetime
    serial: int
    task_id: int
    queue: QueueTerms | None
    options: PictureOptions | None
    picture: KeptPicture | None
    vote: Vote | None = None
    reason: str = ""
    answer: str = ""
    slot: SlotId | None = None
    state: ReportState | None = None
    others: int = 0
    alike: int = 0
    value: str | None = None
    is_alike: bool | None = None
    pay_micros: int

    @property
    def marks(self) -> int:
        """Return the marks of its picture, its own and its queue's as they are now."""
        return marks_now(self.queue, self.picture)

    @property
    def place(self) -> SaidPlace:
        """Return its place in the list."""
        return self.at, self.serial


class ReviewerAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far a reviewer agrees with others; votes that went with the verdict, decisions as people had said."""

    votes: AlikeDecisions
    others_votes: AlikeDecisions
    decisions: AlikeDecisions
    others_decisions: AlikeDecisions


async def said_by(context: Context, worker: Worker, before: SaidPlace, limit: int) -> list[SaidOnce]:
    """Return what a reviewer said before a place in the list, newest first, at most ``limit``."""
    queues = await context.lookups.queues()
    found: list[SaidOnce] = []
    for cell in context.cells.numbers:

        async def read(db: asyncpg.Connection, cell: int = cell) -> list[SaidOnce]:
            return await _of_cell(db, cell, worker.worker_id, before, limit, queues)

        found += await read_patiently(context.cells.pool(cell), read)
    return sorted(found, key=lambda each: each.place, reverse=True)[:limit]


async def agreement_of(context: Context, worker: Worker) -> ReviewerAgreement:
    """Return how far a reviewer agrees with the other ones, and with what people said."""
    since = datetime.now(UTC) - timedelta(days=DAYS)
    votes = others_votes = decisions = others = AlikeDecisions()
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            own, rest = (
                await slots.record_of(db, cell, worker.worker_id),
                await voting.others_record(db, cell, worker.worker_id),
            )
            mine, theirs = await judgements.agreement(db, cell, worker.worker_id, since)
        votes = votes.added(AlikeDecisions(own.votes, own.votes - own.against))
        others_votes = others_votes.added(AlikeDecisions(rest.votes, rest.votes - rest.against))
        decisions, others = decisions.added(mine), others.added(theirs)
    return ReviewerAgreement(votes=votes, others_votes=others_votes, decisions=decisions, others_decisions=others)


async def history_csv(context: Context, worker: Worker) -> AsyncIterator[bytes]:
    """Yield all of it as CSV (RFC 4180), some lines at a time; instants in UTC, money in USD."""
    yield csv_text([HEAD]).encode()
    before: SaidPlace = NEWEST
    while True:
        found = await said_by(context, worker, before, CSV_PAGE)
        if found:
            yield csv_text([_row(each) for each in found]).encode()
            before = found[-1].place
        if len(found) < CSV_PAGE:
            return


async def _of_cell(
    db: asyncpg.Connection, cell: int, reviewer_id: int, before: SaidPlace, limit: int, queues: Mapping[int, QueueTerms]
) -> list[SaidOnce]:
    votes = await voting.votes_by(db, cell, reviewer_id, before, limit)
    decisions = await judgements.decisions_by(db, cell, reviewer_id, before, limit)
    ids = sorted({each.task_id for each in votes} | {each.task_id for each in decisions})
    questions, solved = await history.questions(db, cell, ids), await answered_leases(db, cell, ids)
    answers = {task_id: answer.shown for task_id, answer in solved.items()}
    told = [
        _voted(cell, each, questions.get(each.task_id), queues.get(each.queue_id), answers.get(each.task_id, ""))
        for each in votes
    ]
    return told + [_decided(cell, each, questions.get(each.task_id), queues.get(each.queue_id)) for each in decisions]


def _voted(cell: int, vote: OwnVote, question: TaskQuestion | None, queue: QueueTerms | None, answer: str) -> SaidOnce:
    is_open = vote.report_state is ReportState.OPEN
    return SaidOnce(
        at=vote.voted_at,
        serial=vote.task_id,
        task_id=wire_id(vote.task_id),
        queue=queue,
        options=picture_options(question.kind, question.options) if question else None,
        picture=kept_picture(cell, question) if question else None,
        vote=vote.vote,
        reason=vote.reason,
        answer=answer,
        slot=SlotId(cell, vote.task_id, vote.n, vote.lease) if is_open else None,
        state=vote.report_state,
        others=0 if is_open else vote.others,
        alike=0 if is_open else vote.alike,
        pay_micros=vote.pay_micros,
    )


def _decided(cell: int, decision: OwnDecision, question: TaskQuestion | None, queue: QueueTerms | None) -> SaidOnce:
    options = picture_options(question.kind, question.options) if question else None
    value = decision.value
    return SaidOnce(
        at=decision.decided_at,
        serial=decision.task_id,
        task_id=wire_id(decision.task_id),
        queue=queue,
        options=options,
        picture=kept_picture(cell, question) if question else None,
        value=shown_text(options, value) if options and value else value,
        is_alike=decision.is_right,
        pay_micros=decision.pay_micros,
    )


HEAD = ["at", "task_id", "queue", "about", "answer", "said", "reason", "state", "others", "alike", "pay"]


def _row(said: SaidOnce) -> list[str]:
    """Return a line of the file: what is not known is empty."""
    is_vote = said.vote is not None
    is_told = is_vote and said.state is not ReportState.OPEN
    alike = "" if said.is_alike is None else str(said.is_alike).lower()
    return [
        f"{said.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        str(said.task_id),
        said.queue.name if said.queue else "",
        "complaint" if is_vote else "result",
        said.answer,
        str(said.vote) if is_vote else ("" if said.value is None else said.value),
        said.reason,
        said.state.name.lower() if said.state is not None else "",
        str(said.others) if is_told else "",
        str(said.alike) if is_told else alike,
        money_text(said.pay_micros),
    ]
