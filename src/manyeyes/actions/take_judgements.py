"""Give reviewers who ask for it a result to judge: the oldest one that fits each of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg

from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.reviewer_turns import TurnsOf, TurnWanted, take_turns
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, SPARE_JUDGEMENTS, Judgement, assign
from manyeyes.panels import store as panels
from manyeyes.reports import slots
from manyeyes.values.refusals import Refusal


class TakeJudgement(TurnWanted, frozen=True):
    """A result is wanted."""


async def take_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeJudgement]
) -> list[Judgement | Refusal | None]:
    """Return what each reviewer has before them: what they had already, else a fresh one, else None.

    Nobody ever gets one of a task that they answered, or one that they passed on. Refused with BREAK_DUE is who has
    judged for two hours. When nothing is open this costs two look-ups and no lock.
    """
    return await take_turns(tx, now, commands, TURNS)


async def _give(
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


async def _show_ahead(
    tx: asyncpg.Connection, now: datetime, cell: int, reviewer_ids: Sequence[int]
) -> dict[int, Judgement]:
    return await judgements.show_ahead(tx, now, cell, reviewer_ids, now + timedelta(seconds=JUDGEMENT_SECONDS))


TURNS = TurnsOf[Judgement](desks=judgements.desks, is_open=judgements.any_open, show_ahead=_show_ahead, give=_give)
