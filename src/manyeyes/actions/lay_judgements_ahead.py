"""Lay the next result behind the one that a reviewer looks at, so that its picture is there at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, SPARE_JUDGEMENTS, Judgement, assign
from manyeyes.panels import store as panels
from manyeyes.reports import slots
from manyeyes.workers.breaks import store as breaks


class LayJudgementAhead(msgspec.Struct, frozen=True):
    """``queue_ids``: what the reviewer may judge (workers/rules.py, `may_judge`)."""

    cell: int
    reviewer_id: int
    queue_ids: tuple[int, ...]


async def lay_judgements_ahead(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[LayJudgementAhead]
) -> list[Judgement | None]:
    """Return what lies behind what each reviewer looks at, else None; who looks at nothing gets nothing.

    It is kept for them for a lease's time and counts as shown to nobody (docs/decisions/0042, 0081). Nothing marked
    ever lies there: a look at such a thing is counted where it begins (docs/decisions/0079).
    """
    cell = commands[0].cell
    asking = {c.reviewer_id: frozenset(c.queue_ids) for c in commands}
    held, ahead = await judgements.desks(tx, now, cell, asking)
    if (held.keys() - ahead.keys()) and await judgements.any_open(tx, cell):
        ahead |= await _lay(tx, now, cell, asking)
    unmarked = {r: judgement for r, judgement in ahead.items() if not judgement.marks}  # its queue may be marked since
    return [unmarked.get(c.reviewer_id) for c in commands]


async def _lay(
    tx: asyncpg.Connection, now: datetime, cell: int, asking: Mapping[int, frozenset[int]]
) -> dict[int, Judgement]:
    await slots.lock_reviewers(tx, cell, sorted(asking))
    held, ahead = await judgements.desks(tx, now, cell, asking)  # again: another process may have laid one meanwhile
    free = [r for r in asking if r in held and r not in ahead]
    resting = {each.reviewer_id for each in await breaks.resting(tx, now, cell, free)}  # whose break comes next
    wanting = {r: asking[r] for r in free if r not in resting}
    limit = len(wanting) + SPARE_JUDGEMENTS
    first = await judgements.lock_open(tx, cell, limit)
    unmarked = [judgement for judgement in first if not judgement.marks]
    answers = await panels.answers_of(tx, cell, [judgement.task_id for judgement in unmarked])
    answered = {(task_id, answer.worker_id) for task_id, given in answers.items() for answer in given}
    until = now + timedelta(seconds=JUDGEMENT_SECONDS)
    ahead |= await judgements.lay_ahead(tx, cell, assign(unmarked, wanting, answered), until)
    if len(first) == limit:  # those who got nothing may fit further down
        for reviewer_id in sorted(wanting.keys() - ahead.keys()):
            queue_ids = sorted(wanting[reviewer_id])
            found = await judgements.lock_open_for(tx, cell, reviewer_id, queue_ids, [0 for _ in queue_ids])
            ahead |= await judgements.lay_ahead(tx, cell, [(each, reviewer_id) for each in found], until)
    return ahead
