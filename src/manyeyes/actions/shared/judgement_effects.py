"""What follows when reviewers decided, or did not in time: ends of tasks, what was right, what audits prove."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.checked_answers import verdicts_on
from manyeyes.actions.shared.panel_decisions import PanelStep, StepKind
from manyeyes.actions.shared.panel_ends import end_panels
from manyeyes.certainty import judgements
from manyeyes.certainty import store as certainty
from manyeyes.certainty.proving import Certainty, after_audit
from manyeyes.certainty.rules import Judgement, JudgementPurpose, JudgementState
from manyeyes.certainty.store import Scope
from manyeyes.consensus.likeness import are_alike
from manyeyes.consensus.proof import Audited, Stop
from manyeyes.consensus.rules import Shape
from manyeyes.consensus.stops import Reached
from manyeyes.dispatch.rules import WorkState
from manyeyes.dispatch.store import Work
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel, PanelAnswer, PanelState
from manyeyes.skills import evidence, gold_items
from manyeyes.skills.gold_items import NewGold
from manyeyes.tasks import history
from manyeyes.tasks.history import Origin, TaskQuestion
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.rules import Assurance
from manyeyes.tasks.shapes import shape_of
from manyeyes.values.refusals import Reason, Refusal


class JudgementId(msgspec.Struct, frozen=True):
    """A judgement's lease as clients name it, ``cell-task-number``; it does not tell an audit from another one."""

    cell: int
    task_id: int
    number: int

    def __str__(self) -> str:
        return f"{self.cell}-{self.task_id}-{self.number}"


def held_by(found: Iterable[Judgement], lease: JudgementId, reviewer_id: int, now: datetime) -> Judgement | None:
    """Return the judgement that this lease is of, while it is the reviewer's and its time is not over."""
    for judgement in found:
        of = (judgement.task_id, judgement.lease, judgement.reviewer_id)
        is_theirs = of == (lease.task_id, lease.number, reviewer_id) and judgement.state is JudgementState.LEASED
        if is_theirs and judgement.lease_until is not None and judgement.lease_until > now:
            return judgement
    return None


def why_lost(found: Iterable[Judgement], lease: JudgementId, reviewer_id: int) -> Refusal:
    """Return why a lease of a judgement is not live: the reviewer has decided it already, or it is over."""
    of = (lease.task_id, lease.number, reviewer_id)
    decided = (j for j in found if j.state in GIVEN)
    return _JUDGED if any((j.task_id, j.lease, j.reviewer_id) == of for j in decided) else LOST


async def lock_panels_of(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, Panel]:
    """Return the panels that wait for a reviewer, locked, by task; they are locked before their judgements."""
    found = await panels.lock_panels(tx, cell, task_ids)
    return {task_id: panel for task_id, panel in found.items() if panel.state is PanelState.JUDGING}


async def end_judgements(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    decided: Sequence[Judgement],
    waiting: Mapping[int, Panel],
    questions: Mapping[int, TaskQuestion],
) -> None:
    """Write what became of locked judgements (decided, or closed) with all that follows, but the reviewers' pay.

    ``waiting``: the panels of those that tasks wait for, locked, by task; ``questions``: what all of them asked.
    """
    if not decided:
        return
    # 1. What was right: of the answers, and of what people said together after each of them.
    task_ids = sorted({each.task_id for each in decided})
    answers = await panels.answers_of(tx, cell, task_ids)
    shapes = {t: shape_of(picture_options(questions[t].kind, questions[t].options)) for t in task_ids}
    judged = [_judged(each, shapes[each.task_id]) for each in decided]
    right = {a.answer_id: is_right for j in judged for a, is_right in _right(j, answers[j.task_id], shapes[j.task_id])}
    await panels.set_right(tx, cell, right)
    await _teach(tx, now, cell, judged, answers, shapes)
    # 2. What audits prove.
    judged = await _count_audits(tx, now, cell, judged)
    await judgements.save(tx, now, cell, judged)
    # 3. The tasks that waited for a decision end.
    await _end_tasks(tx, now, cell, [j for j in judged if j.task_id in waiting], waiting, answers)


async def pay_reviewers(tx: asyncpg.Connection, now: datetime, cell: int, decided: Sequence[Judgement]) -> None:
    """Pay each decision, whatever it says, from what the house earned (docs/decisions/0010)."""
    paid = [judgement for judgement in decided if judgement.pay_micros]
    booked = [posting(TransferKind.JUDGEMENT_PAY, j.task_id, j.reviewer_id, j.pay_micros, j.purpose) for j in paid]
    await ledger.insert_transfers(tx, now, cell, booked)
    sums: Counter[int] = Counter()
    for judgement in paid:
        sums[judgement.reviewer_id] += judgement.pay_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))


def _judged(judgement: Judgement, shape: Shape) -> Judgement:
    """Return the judgement with whether the proposal was right; of its stops only that is kept from now on."""
    if judgement.value is None:
        return judgement
    truth = judgement.value
    stops = [(stop.score, not _is_like(shape, truth, stop.value)) for stop in _reached.decode(judgement.stops)]
    return msgspec.structs.replace(
        judgement,
        is_right=_is_like(shape, truth, judgement.proposal),
        stops=msgspec.json.encode(stops).decode(),
    )


def _right(judgement: Judgement, given: Iterable[PanelAnswer], shape: Shape) -> list[tuple[PanelAnswer, bool]]:
    if judgement.value is None:
        return []
    return [(answer, _is_like(shape, judgement.value, answer.text)) for answer in given if answer.text is not None]


def _is_like(shape: Shape, truth: str, text: str) -> bool:
    """Tell whether a text says what the truth does; what is no answer of the question says nothing."""
    try:
        return are_alike(shape, truth, text)
    except ValueError:
        return False


async def _teach(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    judged: Sequence[Judgement],
    answers: Mapping[int, Sequence[PanelAnswer]],
    shapes: Mapping[int, Shape],
) -> None:
    """Note what decisions say of who answered; what a reviewer said is gold from now on (docs/decisions/0062)."""
    known = {j.task_id: j for j in judged if j.value is not None}
    told = [
        piece
        for task_id, j in sorted(known.items())
        for piece in verdicts_on(shapes[task_id], j.queue_id, j.value or "", answers[task_id])
    ]
    await evidence.insert_evidence(tx, now, cell, told)
    gold = [NewGold(t, j.account_id, j.queue_id, j.question_id, j.value or "") for t, j in sorted(known.items())]
    await gold_items.insert_gold(tx, now, cell, gold)


async def _count_audits(
    tx: asyncpg.Connection, now: datetime, cell: int, judged: Sequence[Judgement]
) -> list[Judgement]:
    """Count what was drawn by lot and judged for its promise, one after the other; return all with their provings."""
    audits = [j for j in judged if j.scope is not None and j.value is not None]
    known = await certainty.lock(tx, now, cell, {scope for j in audits if (scope := j.scope)})
    counted = await _before(tx, cell, known, Counter(scope for j in audits if (scope := j.scope)))
    found = []
    for judgement in judged:
        scope = judgement.scope
        if scope is None or judgement.value is None:
            found.append(judgement)
            continue
        before = known[scope]
        found.append(msgspec.structs.replace(judgement, round=before.round))
        counted[scope].append(Audited(_stops(judgement.stops), judgement.until))
        known[scope] = after_audit(
            before,
            counted[scope],
            is_accepted=judgement.is_accepted and judgement.filed_at >= before.since,  # by the rule of now
            is_wrong=not judgement.is_right,
            now=now,
        )
        if known[scope].round != before.round:
            counted[scope] = []
    await certainty.save(tx, cell, [known[scope] for scope in sorted(known)])
    return found


async def _before(
    tx: asyncpg.Connection, cell: int, known: Mapping[Scope, Certainty], coming: Mapping[Scope, int]
) -> defaultdict[Scope, list[Audited]]:
    """Return the audits that a look counts beside those that come now, of promises which come to one."""
    found: defaultdict[Scope, list[Audited]] = defaultdict(list)
    for scope, certain in sorted(known.items()):
        if 0 < certain.needed <= coming[scope]:
            for audit in await certainty.audits_of(tx, cell, scope, certain.round):
                found[scope].append(Audited(_stops(audit.stops), audit.until))
    return found


def _stops(stops: str) -> tuple[Stop, ...]:
    return tuple(Stop(score, is_wrong) for score, is_wrong in _outcomes.decode(stops))


async def _end_tasks(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    judged: Sequence[Judgement],
    waiting: Mapping[int, Panel],
    answers: Mapping[int, Sequence[PanelAnswer]],
) -> None:
    """End the tasks with what reviewers decided; with the best there is, called uncertain, where they did not."""
    ending = [j for j in judged if j.purpose is JudgementPurpose.ADJUDICATION]
    if not ending:
        return
    origins = await history.origins(tx, cell, sorted(j.task_id for j in ending))
    over = [msgspec.structs.replace(waiting[j.task_id], state=PanelState.OVER) for j in ending]
    await panels.save_panels(tx, cell, over)
    ends = [
        (_step(j, panel, answers[j.task_id]), work_of_panel(panel, origins[j.task_id]))
        for j, panel in zip(ending, over, strict=True)
    ]
    await end_panels(tx, now, cell, ends)


def _step(judgement: Judgement, panel: Panel, given: Sequence[PanelAnswer]) -> PanelStep:
    value = judgement.value
    return PanelStep(
        panel=panel,
        kind=StepKind.END,
        value=judgement.proposal if value is None else value,
        confidence=judgement.score if value is None else None,
        assurance=Assurance.UNCERTAIN if value is None else Assurance.REVIEWED,
        answer_ids=tuple(answer.answer_id for answer in given),
    )


def work_of_panel(panel: Panel, origin: Origin) -> Work:
    """Return the task as its row of `work` would be: its seats have left the queue."""
    return Work(
        task_id=panel.task_id,
        account_id=panel.account_id,
        queue_id=panel.queue_id,
        price_micros=panel.price_micros,
        pay_micros=panel.pay_micros,
        lease_seconds=panel.lease_seconds,
        soft_id=origin.soft_id,
        ip=origin.ip,
        kind=origin.kind,
        options=origin.options,
        media=panel.media,
        created_at=panel.created_at,
        state=WorkState.LEASED,
        worker_id=0,
        lease=0,
        lease_until=None,
        tried=frozenset(),
        failures=panel.failures,
        bid_micros=panel.bid_micros,
        callback_url=origin.callback_url,
        base_url=panel.base_url,
        share_micros=panel.share_micros,
        question_id=panel.question_id,
        marks=origin.marks,
        job_id=panel.job_id,
        entered_at=panel.entered_at,
    )


_reached = msgspec.json.Decoder(tuple[Reached, ...])
_outcomes = msgspec.json.Decoder(list[tuple[float, bool]])
_JUDGED = Refusal(Reason.ALREADY_ANSWERED, "you have judged this already; go on with the next")
LOST = Refusal(Reason.SLOT_LOST, "the time for this picture was over, or somebody decided it; go on with the next")
GIVEN = (JudgementState.DECIDED, JudgementState.ASIDE)
TOO_LATE = Refusal(Reason.TOO_LATE, "that can be taken back no more: its time is over")
SEEN_ENOUGH = Refusal(Reason.TOO_LATE, "that can be taken back no more: its marks are not for you now")
