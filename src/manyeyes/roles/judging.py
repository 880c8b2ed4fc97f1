"""What a reviewer does with results, alike for the JSON API and the screen: take one, decide it or pass it on, go."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.decide_judgements import DecideJudgement, decide_judgements
from manyeyes.actions.lay_judgements_ahead import LayJudgementAhead, lay_judgements_ahead
from manyeyes.actions.renew_judgements import RenewJudgement, renew_judgements
from manyeyes.actions.return_lapsed_judgements import ReturnLapsedJudgements, return_lapsed_judgements
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.skip_judgements import SkipJudgement, skip_judgements
from manyeyes.actions.take_back_decisions import TakeBackDecision, take_back_decisions
from manyeyes.actions.take_judgements import TakeJudgement, take_judgements
from manyeyes.certainty import judgements
from manyeyes.certainty.judgements import AlikeDecisions
from manyeyes.certainty.rules import Judgement, blind
from manyeyes.consensus.likeness import groups
from manyeyes.consensus.rover import draft
from manyeyes.consensus.rules import Given, Shape, Skill
from manyeyes.ledger import store as ledger
from manyeyes.panels import store as panels
from manyeyes.reports import slots
from manyeyes.roles.instructions import QuestionKey
from manyeyes.roles.pictures import KeptPicture
from manyeyes.roles.reviewer_desk import NO_REVIEWER, ReviewerDesk
from manyeyes.runtime.notifier import EVERY_REVIEWER
from manyeyes.skills import store as skills
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import PictureOptions, picture_options, shown_text, unfit_answer
from manyeyes.tasks.rules import QueueTerms
from manyeyes.tasks.shapes import shape_of
from manyeyes.values.lease_time import Renewed
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.store import Worker

_JUDGEMENT = re.compile(r"(\d{1,9})-(\d{1,18})-(\d{1,9})")
AGREEMENT_DAYS = 90


class GivenText(msgspec.Struct, frozen=True):
    """One of the answers that were given: as it is kept and sent back, and as people read it."""

    text: str
    shown: str


class LeasedJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """A result before a reviewer: picture, question and all different answers, blind and in no order.

    Where no two typed alike, what they typed is voted together too (`rover.draft`), and looks like the others. Nothing
    says why it is asked, who gave which answer, or how many did.
    """

    judgement: JudgementId
    expires_at: datetime
    renewable_until: datetime
    kind: str
    options: PictureOptions
    picture: KeptPicture
    queue: QueueTerms
    given: tuple[GivenText, ...]
    pay_micros: int
    question: QuestionKey | None = None


class DecisionTaken(msgspec.Struct, frozen=True):
    """``undo_until``: until then the decision can be taken back, and nothing follows from it."""

    earned_micros: int
    next: LeasedJudgement | None
    undo_until: datetime | None = None


class JudgingSession(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions and pay for them since midnight UTC; how far they agree with others (`AGREEMENT_DAYS`), for them alone.

    ``votes`` on complaints that were decided, of which ``against`` the verdict. ``own``: how many of their decisions
    say what people said together; ``others``: of all other reviewers' decisions.
    """

    decisions: int
    earned_micros: int
    payable_micros: int
    votes: int
    against: int
    own: AlikeDecisions
    others: AlikeDecisions


class JudgingDesk(ReviewerDesk[LeasedJudgement]):
    """What signed-in reviewers do with results, in one process."""

    async def decide(
        self, worker: Worker, judgement: JudgementId | None, value: str | None, *, is_undoable: bool = False
    ) -> DecisionTaken | Refusal:
        """Decide a result, None: it cannot be judged; return what that earned and what comes next."""
        if (refusal := self._not_theirs(worker, judgement)) or judgement is None:
            return refusal or _NO_JUDGEMENT
        seconds = self._context.settings.undo_seconds if is_undoable else 0
        command = DecideJudgement(judgement.cell, worker.worker_id, judgement, value, seconds)
        outcome = await self._context.batcher.ask(decide_judgements, command)
        if isinstance(outcome, Refusal):
            return outcome
        self._context.job_bell.ring()  # a task that ended may let a line of its job in
        return DecisionTaken(
            outcome.earned_micros, await self._go_on(worker.worker_id, judgement.cell), outcome.undo_until
        )

    async def skip(self, worker: Worker, judgement: JudgementId | None) -> LeasedJudgement | Refusal | None:
        """Pass a result on to others; return what comes next."""
        if (refusal := self._not_theirs(worker, judgement)) or judgement is None:
            return refusal or _NO_JUDGEMENT
        command = SkipJudgement(judgement.cell, worker.worker_id, judgement)
        outcome = await self._context.batcher.ask(skip_judgements, command)
        if isinstance(outcome, Refusal):
            return outcome
        self._context.notifier.notify([EVERY_REVIEWER])
        return await self._go_on(worker.worker_id, judgement.cell)

    async def take_back(self, worker: Worker, judgement: JudgementId | None) -> LeasedJudgement | Refusal:
        """Return the result before the reviewer again; refused with `too_late` once its time is over."""
        if (refusal := self._not_theirs(worker, judgement)) or judgement is None:
            return refusal or _NO_JUDGEMENT
        command = TakeBackDecision(judgement.cell, worker.worker_id, judgement)
        outcome = await self._context.batcher.ask(take_back_decisions, command)
        if isinstance(outcome, Refusal):
            return outcome
        await self._give_back_elsewhere(judgement.cell, worker.worker_id)
        return await self._leased(judgement.cell, outcome)

    async def renew(self, worker: Worker, judgement: JudgementId | None) -> Renewed | Refusal:
        """Give more time for the result that the reviewer looks at; refused with what became of one that is over."""
        if (refusal := self._not_theirs(worker, judgement)) or judgement is None:
            return refusal or _NO_JUDGEMENT
        command = RenewJudgement(judgement.cell, worker.worker_id, judgement)
        return await self._context.batcher.ask(renew_judgements, command)

    async def session(self, worker: Worker) -> JudgingSession | Refusal:
        """Return what the reviewer did today, and how far they agree with others."""
        if not worker.reviewer:
            return NO_REVIEWER
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        since = now - timedelta(days=AGREEMENT_DAYS)
        decisions = earned = payable = votes = against = 0
        own = others = AlikeDecisions()
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                count, micros = await judgements.judged_since(db, cell, worker.worker_id, midnight)
                payable += await ledger.worker_payable(db, cell, worker.worker_id)
                mine, theirs = await judgements.agreement(db, cell, worker.worker_id, since)
                record = await slots.record_of(db, cell, worker.worker_id)
            decisions, earned = decisions + count, earned + micros
            own, others = own.added(mine), others.added(theirs)
            votes, against = votes + record.votes, against + record.against
        return JudgingSession(
            decisions=decisions,
            earned_micros=earned,
            payable_micros=payable,
            votes=votes,
            against=against,
            own=own,
            others=others,
        )

    async def _lay(
        self, cell: int, worker_id: int, queue_ids: Sequence[int], *, is_deciding: bool = False
    ) -> LeasedJudgement | Refusal | None:
        command = TakeJudgement(cell, worker_id, tuple(queue_ids), is_deciding)
        found = await self._context.batcher.ask(take_judgements, command)
        return await self._leased(cell, found) if isinstance(found, Judgement) else found

    async def _lay_ahead(self, cell: int, worker_id: int, queue_ids: Sequence[int]) -> LeasedJudgement | None:
        command = LayJudgementAhead(cell, worker_id, tuple(queue_ids))
        found = await self._context.batcher.ask(lay_judgements_ahead, command)
        return None if found is None else await self._leased(cell, found)

    def _not_theirs(self, worker: Worker, judgement: JudgementId | None) -> Refusal | None:
        """Return why somebody can do nothing with a judgement, whatever became of it."""
        if not worker.reviewer:
            return NO_REVIEWER
        is_known = judgement is not None and judgement.cell in self._context.cells.numbers
        return None if is_known else _NO_JUDGEMENT

    async def _holds(self, cell: int, worker_id: int) -> bool:
        return await self._context.batcher.read(_holds, cell, worker_id)

    async def _give_back(self, cell: int, worker_id: int) -> None:
        await self._context.batcher.ask(return_lapsed_judgements, ReturnLapsedJudgements(cell, worker_id))

    async def _leased(self, cell: int, judgement: Judgement) -> LeasedJudgement:
        question, given, people = await self._context.batcher.read(
            _asked, cell, (judgement.task_id, judgement.queue_id)
        )
        options = picture_options(question.kind, question.options)
        shape = shape_of(options)
        drafted = draft(shape, given, people)
        texts = [*(each.text for each in given), judgement.proposal, *([drafted] if drafted else [])]
        values = different(shape, texts)
        lease = (judgement.task_id, judgement.lease, judgement.reviewer_id)
        fitting = [value for value in blind(values, lease) if not unfit_answer(options, value)]
        assert judgement.lease_until is not None
        return LeasedJudgement(
            judgement=JudgementId(cell, judgement.task_id, judgement.lease),
            expires_at=judgement.lease_until,
            renewable_until=judgement.latest_end,
            kind=question.kind,
            options=options,
            picture=KeptPicture(cell, question.task_id, question.created_at, question.media, judgement.marks),
            queue=(await self._context.lookups.queues())[judgement.queue_id],
            given=tuple(GivenText(value, shown_text(options, value)) for value in fitting),
            pay_micros=judgement.pay_micros,
            question=await self._explained(cell, question.question_id),
        )


def different(shape: Shape, texts: Sequence[str]) -> list[str]:
    """Return one of all answers that are alike, of each that is not; a composed form that nobody gave is one too."""
    return [group.value for group in groups(msgspec.structs.replace(shape, tolerance=0), _as_given(texts))]


def parse_judgement(text: str) -> JudgementId | None:
    """Return the fence that ``cell-task-number`` names; None for any other text."""
    found = _JUDGEMENT.fullmatch(text)
    return JudgementId(*map(int, found.groups())) if found else None


def _as_given(texts: Sequence[str]) -> list[Given]:
    return [Given(n, text) for n, text in enumerate(texts)]


async def _holds(db: asyncpg.Connection, cell: int, reviewer_ids: Sequence[int]) -> list[bool]:
    """Return whether each reviewer has something before them; a batched read."""
    now = await db.fetchval("SELECT now()")
    held = await judgements.held(db, now, cell, set(reviewer_ids))
    return [reviewer_id in held for reviewer_id in reviewer_ids]


async def _asked(
    db: asyncpg.Connection, cell: int, asked: Sequence[tuple[int, int]]
) -> list[tuple[TaskQuestion, list[Given], dict[int, Skill]]]:
    """Return what was asked, what people gave, and what is known of them, of each (task, queue); a batched read."""
    ids = sorted({task_id for task_id, _ in asked})
    questions, answers = await history.questions(db, cell, ids), await panels.answers_of(db, cell, ids)
    known = await skills.skills(db, cell, {(queue_id, a.worker_id) for t, queue_id in asked for a in answers[t]})
    found, now = [], datetime.now(UTC)
    for task_id, queue_id in asked:
        given = [Given(a.worker_id, a.text) for a in answers[task_id] if a.text is not None]
        people = {
            g.worker_id: known[queue_id, g.worker_id].skill(now) for g in given if (queue_id, g.worker_id) in known
        }
        found.append((questions[task_id], given, people))
    return found


_NO_JUDGEMENT = Refusal(Reason.SLOT_LOST, "this is none of yours")
