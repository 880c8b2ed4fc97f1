"""What those who practise have on their desks: one picture at a time, the next when it is answered (decision 0065)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg

from manyeyes.actions.shared.panel_seats import fresh_numbers
from manyeyes.actions.shared.worker_desks import Desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.laid_work import Laid, laid_until, lay_down
from manyeyes.dispatch.rules import Purpose, WorkState
from manyeyes.dispatch.store import Returning, Work
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
        ended = [(e.worker_id, e.queue_id, e.is_passed or _is_back(known[e.worker_id, e.queue_id])) for e in over]
        await practising.end_practising(tx, cell, ended)
        await _lift(tx, now, cell, [(each.queue_id, each.worker_id) for each in over if each.is_passed])


async def end_early(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, tries: Collection[Practice], *, gives_back: bool
) -> None:
    """Break off tries for which there is no reason any more; ``gives_back``: who practises has the queue again.

    The tries, presences and ``desks`` are locked. What they look at, and is paid, they may still answer; all else of it
    is gone at once (docs/decisions/0072).
    """
    if not tries:
        return
    await practices.save_practices(tx, cell, [each.broken_off(now) for each in tries])
    await practising.end_practising(tx, cell, [(e.worker_id, e.queue_id, gives_back and e.is_on) for e in tries])
    theirs = {(each.worker_id, each.queue_id) for each in tries}
    lying = [w for w in desks.works() if w.purpose is Purpose.PRACTICE and (w.worker_id, w.queue_id) in theirs]
    gone = [work for work in lying if work.state is WorkState.QUEUED or not work.pay_micros]
    await dispatch.put_back(tx, cell, [Returning(work.task_id, work.failures) for work in gone])
    counts = Counter(work.worker_id for work in gone)
    await workers.change_desks(tx, now, cell, {w: SessionChange(held=-n) for w, n in sorted(counts.items())})
    desks.clear(gone)


def _is_back(before: Practice) -> bool:
    """Tell whether somebody who practises has the queue again, since nobody keeps it from them any more."""
    return before.is_freed and before.is_on


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
