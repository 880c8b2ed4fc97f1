"""Reviewers pass on what they cannot or will not judge: it goes to others, and never to them again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import LOST, JudgementId, held_by
from manyeyes.actions.shared.marked_looks import end_looks
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import Judgement
from manyeyes.values.refusals import Refusal


class SkipJudgement(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    judgement: JudgementId


class JudgementSkipped(msgspec.Struct, frozen=True):
    task_id: int


async def skip_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SkipJudgement]
) -> list[JudgementSkipped | Refusal]:
    """Return what was passed on, or the refusal SLOT_LOST: over, somebody else's, or passed on before."""
    cell = commands[0].cell
    found = await judgements.lock(tx, cell, sorted({c.judgement.task_id for c in commands}))
    passed: dict[tuple[int, int], Judgement] = {}
    outcomes: list[JudgementSkipped | Refusal] = []
    for command in commands:
        judgement = held_by(found.values(), command.judgement, command.reviewer_id, now)
        if judgement is None or judgement.key in passed:
            outcomes.append(LOST)
            continue
        passed[judgement.key] = judgement
        outcomes.append(JudgementSkipped(judgement.task_id))
    await judgements.pass_on(tx, cell, [(*key, passed[key].reviewer_id) for key in sorted(passed)])
    await end_looks(tx, now, cell, passed.values())
    return outcomes
