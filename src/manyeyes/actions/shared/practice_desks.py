"""What those who practise have on their desks: one picture at a time, the next when it is answered (decision 0065)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg

from manyeyes.actions.shared.panel_seats import fresh_numbers
from manyeyes.actions.shared.worker_desks import Desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.laid_work import Laid, laid_until, lay_down
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.skills import evidence, gold_items
from manyeyes.skills.counting import lifted
from manyeyes.skills.gold_items import SeenGold
from manyeyes.skills.practice import store as practices
from manyeyes.skills.practice.store import Tried
from manyeyes.skills.training import Practice
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.workers import practising
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange


async def go_on(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    desks: Desks,
    worker_ids: Iterable[int],
    *,
    known: Mapping[Tried, Practice],
    right: Mapping[int, str],
) -> None:
    """Lay the next picture before those who practise and have none there; end tries of which nothing is left.

    ``known``: their tries, locked and perhaps not saved yet; ``right``: what is right of the pictures of these that may
    be asked; presences and ``desks`` are locked. Who passed has the queue again, as if the operator had given it.
    """
    tries = {key: each.only(right).settled(now) for key, each in known.items() if each.ended_at is None}
    await practices.save_practices(tx, cell, [tries[key] for key in sorted(tries)])
    having = {work.worker_id for work in desks.works() if work.purpose is Purpose.PRACTICE}
    on_now = {each.worker_id: each for each in tries.values() if each.is_on}
    getting = [on_now[w] for w in dict.fromkeys(worker_ids) if w in on_now and w not in having]
    await _lay(tx, now, cell, desks, getting)
    over = [each for each in tries.values() if each.ended_at is not None]
    if over:
        await practising.end_practising(tx, cell, [(each.worker_id, each.queue_id, each.is_passed) for each in over])
        await _lift(tx, now, cell, [(each.queue_id, each.worker_id) for each in over if each.is_passed])


async def _lay(tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, getting: Sequence[Practice]) -> None:
    """Lay the first picture that is left of each try behind all that lies on the desk."""
    if not getting:
        return
    asked = await history.questions(tx, cell, sorted({each.left_ids[0] for each in getting}))
    first = await fresh_numbers(tx, cell, len(getting))
    laid = [
        _row(each, asked[each.left_ids[0]], number, now, desks.of(each.worker_id))
        for number, each in enumerate(getting, start=first)
    ]
    await lay_down(tx, now, cell, laid)
    await workers.change_desks(tx, now, cell, {row.worker_id: SessionChange(held=1) for row in laid})
    seen = [SeenGold(row.worker_id, row.of_task, row.queue_id, row.task_id) for row in laid]
    await gold_items.insert_seen(tx, now, cell, seen)
    numbers = {row.task_id for row in laid}
    for work in await dispatch.lock_leased(tx, cell, [row.worker_id for row in laid]):
        if work.task_id in numbers:
            desks.put_down(work)


def _row(practice: Practice, asked: TaskQuestion, number: int, now: datetime, before: Sequence[Work]) -> Laid:
    return Laid(
        task_id=number,
        queue_id=practice.queue_id,
        worker_id=practice.worker_id,
        of_task=asked.task_id,
        purpose=Purpose.PRACTICE,
        pay_micros=practice.pay_micros,
        lease_seconds=practice.lease_seconds,
        lease_until=laid_until(now, practice.lease_seconds, before),
        kind=asked.kind,
        options=asked.options,
        media=asked.media,
        question_id=asked.question_id,
    )


async def _lift(tx: asyncpg.Connection, now: datetime, cell: int, people: Sequence[evidence.Person]) -> None:
    """Give those who passed, by (queue, worker), their queue again; an appeal that waits is accepted by that."""
    if not people:
        return
    rows = await evidence.lock_known(tx, cell, sorted(people))
    await evidence.save_skills(tx, cell, [lifted(row, now) for row in rows.values() if row.barred_at is not None])
