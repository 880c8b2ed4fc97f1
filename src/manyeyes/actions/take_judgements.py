"""Give reviewers who ask for it a result to judge: the oldest one that fits each of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.reviewer_breaks import note_work, told, who_rests
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, SPARE_JUDGEMENTS, Judgement, assign
from manyeyes.panels import store as panels
from manyeyes.reports import slots
from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks.store import ReviewerRest


class TakeJudgement(msgspec.Struct, frozen=True):
    """``queue_ids``: what the reviewer may judge (workers/rules.py, `may_judge`).

    ``is_deciding``: they decided something just now, and go on.
    """

    cell: int
    reviewer_id: int
    queue_ids: tuple[int, ...]
    is_deciding: bool = False


async def take_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeJudgement]
) -> list[Judgement | Refusal | None]:
    """Return what each reviewer has before them: what they had already, else a fresh one, else None.

    Nobody ever gets one of a task that they answered, or one that they passed on. Refused with BREAK_DUE is who has
    judged for two hours. When nothing is open this costs two look-ups and no lock.
    """
    cell = commands[0].cell
    asking = {c.reviewer_id: frozenset(c.queue_ids) for c in commands}
    deciding = {c.reviewer_id for c in commands if c.is_deciding}
    held, ahead = await judgements.desks(tx, now, cell, asking)
    empty = [r for r in asking if r not in held]
    is_open = bool(empty) and await judgements.any_open(tx, cell)
    resting: dict[int, ReviewerRest] = {}
    if is_open or ahead.keys() - held.keys():
        resting = await who_rests(tx, now, cell, empty, deciding)
    found: dict[int, Judgement] = {}
    if coming := sorted(ahead.keys() - held.keys() - resting.keys()):  # what lay behind comes next
        found |= await judgements.show_ahead(tx, now, cell, coming, now + timedelta(seconds=JUDGEMENT_SECONDS))
    free = {r: asking[r] for r in empty if r not in found and r not in resting}
    if is_open and free:
        found |= await _take(tx, now, cell, free)
    await note_work(tx, now, cell, resting, found, deciding)
    found |= held
    return [found.get(c.reviewer_id) or told(resting.get(c.reviewer_id)) for c in commands]


async def _take(
    tx: asyncpg.Connection, now: datetime, cell: int, asking: Mapping[int, frozenset[int]]
) -> dict[int, Judgement]:
    await slots.lock_reviewers(tx, cell, sorted(asking))
    held, ahead = await judgements.desks(tx, now, cell, asking)  # again: another process may have given one meanwhile
    coming = {r for r, judgement in ahead.items() if not judgement.marks}  # being shown to them now: they look again
    wanting = {r: queues for r, queues in asking.items() if r not in held and r not in coming}
    limit = len(wanting) + SPARE_JUDGEMENTS
    first = await judgements.lock_open(tx, cell, limit)
    answers = await panels.answers_of(tx, cell, [judgement.task_id for judgement in first])
    answered = {(task_id, answer.worker_id) for task_id, given in answers.items() for answer in given}
    looks, until = MarkedLooks(), now + timedelta(seconds=JUDGEMENT_SECONDS)
    if len(first) == limit or any(judgement.marks for judgement in first):
        await load_looks(tx, cell, looks, wanting)
    given = assign(first, wanting, answered | looks.barred(first, wanting, now))
    taken = await judgements.lease(tx, now, cell, given, until)
    if len(first) == limit:  # those who got nothing may fit further down
        for reviewer_id in sorted(wanting.keys() - taken.keys()):
            queue_ids = sorted(wanting[reviewer_id])
            clear = looks.clear(reviewer_id, queue_ids, now)
            found = await judgements.lock_open_for(tx, cell, reviewer_id, queue_ids, clear)
            taken |= await judgements.lease(tx, now, cell, [(each, reviewer_id) for each in found], until)
    # What is marked is counted, and lies there no longer than they may look at such things today.
    counted, refused = looks.begin_all(taken.values(), now)
    await judgements.renew(tx, cell, counted)
    await judgements.reopen(tx, cell, [judgement.key for judgement in refused])
    await save_looks(tx, cell, looks)
    taken |= {judgement.reviewer_id: judgement for judgement in counted}
    return held | {r: judgement for r, judgement in taken.items() if judgement not in refused}
