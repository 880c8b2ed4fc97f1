"""Reviewers decide what people do not settle, and audit what stands: each decision is paid, and one is enough."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import (
    GIVEN,
    LOST,
    JudgementId,
    end_judgements,
    held_by,
    lock_panels_of,
    pay_reviewers,
    why_lost,
)
from manyeyes.actions.shared.marked_looks import end_looks
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import Judgement, JudgementState
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.options import canonical, picture_options, unfit_answer
from manyeyes.values.refusals import Reason, Refusal


class DecideJudgement(msgspec.Struct, frozen=True):
    """``value``: the answer, one of those that were given or the reviewer's own; None: it cannot be judged.

    ``undo_seconds``: for so long it can be taken back, and nothing follows from it (docs/decisions/0081).
    """

    cell: int
    reviewer_id: int
    judgement: JudgementId
    value: str | None
    undo_seconds: float = 0


class JudgementTaken(msgspec.Struct, frozen=True):
    """What the decision earns; a repeated one is answered again, not paid again.

    ``undo_until``: until then it can be taken back.
    """

    task_id: int
    earned_micros: int
    undo_until: datetime | None = None


async def decide_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[DecideJudgement]
) -> list[JudgementTaken | Refusal]:
    """Return what each decision earned, or its refusal: SLOT_LOST (over, or somebody else's), ANSWER_UNFIT.

    An answer is judged and kept in its kind's one form (docs/decisions/0047).
    """
    # 1. Load: the panels that wait for a decision, then what is asked about them, locked.
    cell = commands[0].cell
    task_ids = sorted({c.judgement.task_id for c in commands})
    waiting = await lock_panels_of(tx, cell, task_ids)
    found = await judgements.lock(tx, cell, task_ids)
    questions = await history.questions(tx, cell, task_ids)
    # 2. Decide: each after those before it.
    decided: dict[tuple[int, int], Judgement] = {}
    outcomes = [_decide(command, found, questions, decided, now) for command in commands]
    # 3. Save: the looks, since the pictures are gone from their screens, be the decisions final or laid aside; then the
    # decisions with all that follows, the reviewers' pay.
    await end_looks(tx, now, cell, decided.values())
    laid = [judgement for judgement in decided.values() if judgement.state is JudgementState.ASIDE]
    await judgements.lay_aside(tx, now, cell, laid)
    # In the order in which they were decided: a look at audits counts those before it.
    ended = [judgement for judgement in decided.values() if judgement.state is JudgementState.DECIDED]
    await end_judgements(tx, now, cell, ended, waiting, questions)
    await pay_reviewers(tx, now, cell, ended)
    return outcomes


def _decide(
    command: DecideJudgement,
    found: dict[tuple[int, int], Judgement],
    questions: Mapping[int, TaskQuestion],
    decided: dict[tuple[int, int], Judgement],
    now: datetime,
) -> JudgementTaken | Refusal:
    """Take one decision into account; return what it earned."""
    # 1. It must be one in its kind's form.
    question = questions.get(command.judgement.task_id)
    if question is None:
        return LOST
    options = picture_options(question.kind, question.options)
    value = None if command.value is None else canonical(options, command.value)
    why = unfit_answer(options, value) if value is not None else ""
    # 2. It must be this reviewer's, by its newest lease; the same again gets the same answer.
    before = next((j for j in found.values() if _is_repeated(j, command, value)), None)
    if before:
        return JudgementTaken(before.task_id, before.pay_micros, before.settles_at)
    judgement = held_by(found.values(), command.judgement, command.reviewer_id, now)
    if judgement is None:
        return why_lost(found.values(), command.judgement, command.reviewer_id)
    if why:
        return Refusal(Reason.ANSWER_UNFIT, why)
    # 3. It is decided, or aside for as long as it can be taken back.
    until = now + timedelta(seconds=command.undo_seconds) if command.undo_seconds else None
    state = JudgementState.ASIDE if until else JudgementState.DECIDED
    judgement = msgspec.structs.replace(judgement, state=state, value=value, settles_at=until)
    found[judgement.key] = judgement
    decided[judgement.key] = judgement
    return JudgementTaken(judgement.task_id, judgement.pay_micros, until)


def _is_repeated(judgement: Judgement, command: DecideJudgement, value: str | None) -> bool:
    """Tell whether this is the decision that was taken: its reply was lost on the way."""
    lease = (judgement.task_id, judgement.lease, judgement.reviewer_id)
    is_same = lease == (command.judgement.task_id, command.judgement.number, command.reviewer_id)
    return is_same and judgement.state in GIVEN and judgement.value == value
