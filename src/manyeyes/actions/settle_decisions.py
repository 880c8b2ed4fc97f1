"""Let reviewers' decisions on results stand that can be taken back no more, with all that follows."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import end_judgements, lock_panels_of, pay_reviewers
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import Judgement, JudgementState
from manyeyes.tasks import history


class SettleDecisions(msgspec.Struct, frozen=True):
    """Let the decisions on one task stand: a batch that fails is split, so that what cannot be settled fails alone."""

    cell: int
    task_id: int


async def settle_decisions(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleDecisions]) -> list[int]:
    """Return how many decisions on each task stand from now on (docs/decisions/0081), the oldest first."""
    cell, task_ids = commands[0].cell, sorted({c.task_id for c in commands})
    waiting = await lock_panels_of(tx, cell, task_ids)
    found = await judgements.lock(tx, cell, task_ids)
    due = sorted((j for j in found.values() if _is_due(j, now)), key=lambda j: (j.settles_at, j.key))
    ended = [msgspec.structs.replace(j, state=JudgementState.DECIDED, settles_at=None) for j in due]
    await end_judgements(tx, now, cell, ended, waiting, await history.questions(tx, cell, task_ids))
    await pay_reviewers(tx, now, cell, ended)
    settled = Counter(judgement.task_id for judgement in ended)
    return [settled.pop(c.task_id, 0) for c in commands]


def _is_due(judgement: Judgement, now: datetime) -> bool:
    is_over = judgement.settles_at is not None and judgement.settles_at <= now
    return is_over and judgement.state is JudgementState.ASIDE
