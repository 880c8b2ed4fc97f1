"""Lay the next result behind the one that a reviewer looks at, so that its picture is there at once."""

from collections.abc import Mapping, Sequence
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
        ahead |= await _lay(tx, now, cell, asking)
    return [ahead.get(c.reviewer_id) for c in commands]


async def _lay(
    tx: asyncpg.Connection, now: datetime, cell: int, asking: Mapping[int, frozenset[int]]
) -> dict[int, Judgement]:
    await slots.lock_reviewers(tx, cell, sorted(asking))
    held, ahead = await judgements.desks(tx, now, cell, asking)  # again: another process may have laid one meanwhile
    wanting = {r: queues for r, queues in asking.items() if r in held and r not in ahead}
    limit = len(wanting) + SPARE_JUDGEMENTS
    first = await judgements.lock_open(tx, cell, limit)
    answers = await panels.answers_of(tx, cell, [judgement.task_id for judgement in first])
    answered = {(task_id, answer.worker_id) for task_id, given in answers.items() for answer in given}
    until = now + timedelta(seconds=JUDGEMENT_SECONDS)
    ahead |= await judgements.lay_ahead(tx, cell, assign(first, wanting, answered), until)
    if len(first) == limit:  # those who got nothing may fit further down
        for reviewer_id in sorted(wanting.keys() - ahead.keys()):
            found = await judgements.lock_open_for(tx, cell, reviewer_id, sorted(wanting[reviewer_id]))
            ahead |= await judgements.lay_ahead(tx, cell, [(each, reviewer_id) for each in found], until)
    return ahead
