"""Lay the next result behind the one that a reviewer looks at, so that its picture is there at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, SPARE_JUDGEMENTS, Judgement, assign
from manyeyes.panels import store as panels
from manyeyes.reports import slots


class LayJudgementAhead(msgspec.Struct, frozen=True):
    """``queue_ids``: what the reviewer may judge (workers/rules.py, `may_judge`)."""

    cell: int
    reviewer_id: int
    queue_ids: tuple[int, ...]


async def lay_judgements_ahead(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[LayJudgementAhead]
) -> list[Judgement | None]:
    """Return what lies behind what each reviewer looks at, else None; who looks at nothing gets nothing.

    It is kept for them for a lease's time and counts as shown to nobody (docs/decisions/0042, 0081).
    """
    cell = commands[0].cell
    asking = {c.reviewer_id: frozenset(c.queue_ids) for c in commands}
    held, ahead = await judgements.desks(tx, now, cell, asking)
    if (held.keys() - ahead.keys()) and await judgements.any_open(tx, cell):
        await slots.lock_reviewers(tx, cell, sorted(asking))
        held, ahead = await judgements.desks(tx, now, cell, asking)  # again: another process may have laid one
        wanting = {r: queues for r, queues in asking.items() if r in held and r not in ahead}
        first = await judgements.lock_open(tx, cell, len(wanting) + SPARE_JUDGEMENTS)
        answers = await panels.answers_of(tx, cell, [judgement.task_id for judgement in first])
        answered = {(task_id, answer.worker_id) for task_id, given in answers.items() for answer in given}
        until = now + timedelta(seconds=JUDGEMENT_SECONDS)
        ahead |= await judgements.lay_ahead(tx, cell, assign(first, wanting, answered), until)
    return [ahead.get(c.reviewer_id) for c in commands]
