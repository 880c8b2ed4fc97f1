"""What panels without an open seat decide: by the pure rules of consensus, with what is known of their people."""

import enum
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.certainty import store as certainty
from manyeyes.certainty.judgements import NewJudgement
from manyeyes.certainty.proving import in_force
from manyeyes.certainty.rules import JudgementPurpose, is_drawn
from manyeyes.consensus.decide import decide
from manyeyes.consensus.proof import ASKED_ALL
from manyeyes.consensus.rules import (
    NOT_PROVEN,
    Accept,
    Adjudicate,
    AskMore,
    Given,
    HowMany,
    NextStep,
    Proof,
    Shape,
    Skill,
)
from manyeyes.consensus.stops import reached
from manyeyes.consensus.terms import Uncertain
from manyeyes.dispatch.store import Work
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel, PanelAnswer
from manyeyes.skills import store as skills
from manyeyes.skills.store import Weighing
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.rules import WORKERS_BEFORE_UNSOLVABLE, Assurance
from manyeyes.tasks.shapes import shape_of


class StepKind(enum.Enum):
    """What follows for a panel."""

    ASK = enum.auto()  # people more
    JUDGE = enum.auto()  # a reviewer
    END = enum.auto()


class PanelStep(msgspec.Struct, frozen=True, kw_only=True):
    """What follows for a panel: ``people`` more are asked; a reviewer is asked (``judgement``); or the task ends with
    ``value``, which may be audited (``judgement``). ``answer_ids``: of all that was given."""

    panel: Panel
    kind: StepKind
    people: int = 0
    value: str = ""
    confidence: float | None = None
    assurance: Assurance = Assurance.UNCERTAIN
    is_proven: bool = False
    judgement: NewJudgement | None = None
    answer_ids: tuple[int, ...] = ()


class _Known(msgspec.Struct):
    """What decisions are made from, loaded at once for a batch."""

    answers: Mapping[int, Sequence[PanelAnswer]]
    skills: Mapping[tuple[int, int], Skill]
    proofs: Mapping[tuple[int, int, int, float], Proof]
    weighings: Mapping[int, Weighing]


async def decide_panels(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    ready: Mapping[int, Panel],
    templates: Mapping[int, Work],
    *,
    forced: Collection[int],
    taken_back: Collection[int],
    seed: bytes,
) -> list[PanelStep]:
    """Return what follows for panels without an open seat, in the order of their tasks; of ``forced`` ones nobody more
    may be asked, of ones that were ``taken_back`` no reviewer either. ``templates``: a seat of each, for what was
    asked."""
    if not ready:
        return []
    known = await _load(tx, now, cell, ready)
    may_review = {t for t, p in ready.items() if p.terms.uncertain is Uncertain.REVIEW and t not in taken_back}
    return [
        _step(ready[t], templates[t], known, is_forced=t in forced, may_review=t in may_review, seed=seed)
        for t in sorted(ready)
    ]


async def _load(tx: asyncpg.Connection, now: datetime, cell: int, ready: Mapping[int, Panel]) -> _Known:
    answers = await panels.answers_of(tx, cell, sorted(ready))
    people = {(panel.queue_id, a.worker_id) for t, panel in ready.items() for a in answers[t]}
    sure = {(p.account_id, p.queue_id, p.question_id) for p in ready.values() if p.terms.wrong_at_most is not None}
    return _Known(
        answers,
        {key: found.skill(now) for key, found in (await skills.skills(tx, cell, people)).items()},
        await certainty.proofs(tx, cell, sure),
        await skills.weighings(tx, {panel.queue_id for panel in ready.values()}),
    )


def _step(panel: Panel, work: Work, known: _Known, *, is_forced: bool, may_review: bool, seed: bytes) -> PanelStep:
    answers = known.answers[panel.task_id]
    ids = tuple(answer.answer_id for answer in answers)
    if not answers:
        return PanelStep(panel=panel, kind=StepKind.END)
    may_ask = 0 if is_forced or panel.failures >= WORKERS_BEFORE_UNSOLVABLE else panel.may_ask(1)
    found = _decided(panel, work, known, may_ask)
    if isinstance(found, AskMore):
        return PanelStep(panel=panel, kind=StepKind.ASK, people=panel.may_ask(found.people), answer_ids=ids)
    lot = _lot(panel, work, known, seed, was_asked_all=not may_ask)
    if isinstance(found, Accept) and not found.is_certain:  # a tie of fixed terms: it may go to a reviewer as well
        found = Adjudicate(found.value, found.confidence)
    if isinstance(found, Adjudicate):
        if may_review:
            judgement = _judgement(panel, known, JudgementPurpose.ADJUDICATION, found.proposal, found.confidence)
            return PanelStep(panel=panel, kind=StepKind.JUDGE, judgement=_drawn(judgement, lot), answer_ids=ids)
        found = Accept(value=found.proposal, confidence=found.confidence, is_certain=False)
    audit = _judgement(panel, known, JudgementPurpose.AUDIT, found.value, found.confidence)
    return PanelStep(
        panel=panel,
        kind=StepKind.END,
        value=found.value,
        confidence=found.confidence,
        assurance=Assurance.ACCEPTED if found.is_certain else Assurance.UNCERTAIN,
        is_proven=found.is_proven,
        judgement=_drawn(msgspec.structs.replace(audit, is_accepted=found.is_certain), lot) if lot else None,
        answer_ids=ids,
    )


class _Lot(msgspec.Struct, frozen=True):
    """What an audit by lot has to know of a result: see `NewJudgement`."""

    target: float
    until: float
    stops: str


def _lot(panel: Panel, work: Work, known: _Known, seed: bytes, *, was_asked_all: bool) -> _Lot | None:
    """Return the lot of what sure terms decide; None when it is not drawn.

    What was not accepted is drawn as well: a lower threshold would accept some of it (docs/decisions/0056). Where a
    question is refused nobody is asked after the first answers, so what more would have said is not known; only terms
    that ask nobody more are drawn then, and may prove that people know by now.
    """
    target = panel.terms.wrong_at_most
    if target is None or not is_drawn(seed, panel.task_id, known.weighings[panel.queue_id].audit_share):
        return None
    proof = _proof(panel, known)
    if proof.is_refused and panel.terms.answers < panel.terms.answers_at_most:
        return None
    given, people, method = _given(panel, known), _people(panel, known), known.weighings[panel.queue_id].method
    stops = reached(_shape(work), given, people, panel.terms.answers, method)
    until = ASKED_ALL if was_asked_all else in_force(target, proof.threshold)
    return _Lot(target, until, msgspec.json.encode(stops).decode())


def _drawn(judgement: NewJudgement, lot: _Lot | None) -> NewJudgement:
    if lot is None:
        return judgement
    return msgspec.structs.replace(judgement, target=lot.target, until=lot.until, stops=lot.stops)


def _decided(panel: Panel, work: Work, known: _Known, may_ask: int) -> NextStep:
    given, target = _given(panel, known), panel.terms.wrong_at_most
    bounds = panel.terms.how_many()
    if not may_ask:  # then what was given is all there is
        bounds = HowMany(first=len(given), at_most=len(given), wrong_at_most=target)
    return decide(
        _shape(work),
        given,
        _people(panel, known),
        bounds,
        _proof(panel, known),
        known.weighings[panel.queue_id].method,
    )


def _shape(work: Work) -> Shape:
    return shape_of(picture_options(work.kind, work.options))


def _given(panel: Panel, known: _Known) -> list[Given]:
    return [Given(answer.worker_id, answer.text or "") for answer in known.answers[panel.task_id]]


def _people(panel: Panel, known: _Known) -> dict[int, Skill]:
    """Return what is known of those who answered."""
    found = {a.worker_id: known.skills.get((panel.queue_id, a.worker_id)) for a in known.answers[panel.task_id]}
    return {worker_id: each for worker_id, each in found.items() if each}


def _proof(panel: Panel, known: _Known) -> Proof:
    target = panel.terms.wrong_at_most
    scope = (panel.account_id, panel.queue_id, panel.question_id)
    return known.proofs.get((*scope, round(target, 4)), NOT_PROVEN) if target is not None else NOT_PROVEN


def _judgement(panel: Panel, known: _Known, purpose: JudgementPurpose, proposal: str, score: float) -> NewJudgement:
    return NewJudgement(
        task_id=panel.task_id,
        purpose=purpose,
        account_id=panel.account_id,
        queue_id=panel.queue_id,
        question_id=panel.question_id,
        proposal=proposal,
        score=score,
        pay_micros=known.weighings[panel.queue_id].vote_micros,
    )
