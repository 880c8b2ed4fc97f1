"""Lay gold on desks: tasks whose right answers are known, which look, pay and time like any other (decision 0062)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.panel_seats import fresh_numbers
from manyeyes.db.transaction import together
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.laid_work import Laid, laid_until, lay_down
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.skills import gold_items
from manyeyes.skills.gold import GREATEST_SHARE, chosen_gold, gold_share, lot
from manyeyes.skills.gold_items import DueDraws, GoldenQueue, GoldItem, SeenGold
from manyeyes.tasks import history
from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.labels import LABEL_PICTURE
from manyeyes.tasks.questions import LABEL
from manyeyes.wellbeing import store as wellbeing
from manyeyes.workers import store as workers
from manyeyes.workers.store import SessionChange

LARGEST_SWEEP = 500
MOST_HELD = 2  # the task in hand and the one behind it; gold lies behind both, so that neither is moved
_LOTS_AT_ONCE = 5  # more were answered while there was no room


class LayGold(msgspec.Struct, frozen=True):
    """``seed``: the installation's own, so that nobody can foretell a lot."""

    cell: int
    seed: bytes


class _Hit(msgspec.Struct, frozen=True):
    """A lot that says gold: ``drawn`` is below ``share``."""

    worker_id: int
    queue: GoldenQueue
    share: float
    drawn: float


async def lay_gold(tx: asyncpg.Connection, now: datetime, commands: Sequence[LayGold]) -> list[tuple[int, ...]]:
    """Return on whose desks gold was laid; one lot is drawn for each answer since the last time.

    Only where ordinary work waits or lies unseen, and nobody has two pieces of gold at once.
    """
    # 1. Load: queues with gold, workers with room, locked, what lies on their desks, and what they have laid aside.
    cell, seed = commands[0].cell, commands[0].seed
    queues = await gold_items.golden_queues(tx, cell)
    found = await gold_items.lock_drawing(tx, cell, sorted(queues), LARGEST_SWEEP, MOST_HELD) if queues else []
    if not found:
        return [() for _ in commands]
    people = [each.worker_id for each in found]
    on_desks, may_return = await together(
        tx, dispatch.lock_leased(tx, cell, people), gold_items.laid_aside(tx, cell, people)
    )
    held: defaultdict[int, list[Work]] = defaultdict(list)
    for work in on_desks:
        held[work.worker_id].append(work)
    # 2. Decide: who gets gold, and which. What is laid aside may be taken back, and would lie beside it.
    golden = may_return | {work.worker_id for work in on_desks if work.purpose >= Purpose.GOLD}
    hits = [hit for hit in await _hits(tx, cell, seed, found, queues) if hit.worker_id not in golden]
    chosen = await _chosen(tx, now, cell, hits, held)
    # 3. Save: the desks, what was had, how far lots are drawn.
    laid = await _laid(tx, now, cell, hits, chosen, held)
    if laid:
        await lay_down(tx, now, cell, laid)
        await workers.change_desks(tx, now, cell, {row.worker_id: SessionChange(held=1) for row in laid})
        seen = [SeenGold(row.worker_id, row.of_task, row.queue_id, row.task_id) for row in laid]
        await gold_items.insert_seen(tx, now, cell, seen)
    await gold_items.save_draws(tx, cell, found)
    return [tuple(row.worker_id for row in laid) for _ in commands]


async def _hits(
    tx: asyncpg.Connection, cell: int, seed: bytes, found: Sequence[DueDraws], queues: Mapping[int, GoldenQueue]
) -> list[_Hit]:
    """Return the lots that say gold, at most one of each worker."""
    theirs = {each.worker_id: [q for q in sorted(each.queues) if q in queues] for each in found}
    people = [(queue_id, worker_id) for worker_id, own in theirs.items() for queue_id in own]
    known = await gold_items.standings(tx, cell, people)
    hits = []
    for each in found:
        own = theirs[each.worker_id]
        for nth in range(each.draws, each.draws + min(each.due, _LOTS_AT_ONCE)):
            queue = queues[own[int(lot(seed, each.worker_id, 2 * nth) * len(own))]]
            standing = known.get((queue.queue_id, each.worker_id))
            share = gold_share(standing.gold_asked, standing.suspicion) if standing else gold_share(0)
            share *= GREATEST_SHARE**-1 * queue.gold_share if queue.gold_share is not None else 1
            drawn = lot(seed, each.worker_id, 2 * nth + 1)
            if drawn < share:
                hits.append(_Hit(each.worker_id, queue, share, drawn))
                break
    return hits


async def _chosen(
    tx: asyncpg.Connection, now: datetime, cell: int, hits: Sequence[_Hit], held: Mapping[int, Sequence[Work]]
) -> dict[int, int]:
    """Return the gold that each worker gets; who has had all of it gets none.

    It is of a question that lies before them in that queue, so that it stands out by nothing.
    """
    wanted = {
        hit.worker_id: (
            hit.queue.queue_id,
            sorted({work.question_id for work in held.get(hit.worker_id, ()) if work.queue_id == hit.queue.queue_id}),
        )
        for hit in hits
    }
    items: defaultdict[int, list[GoldItem]] = defaultdict(list)
    for item in await gold_items.unseen_gold(tx, now, cell, wanted):
        items[item.worker_id].append(item)
    chosen = {hit.worker_id: chosen_gold(_groups(items[hit.worker_id]), (), hit.share, hit.drawn) for hit in hits}
    return {worker_id: task_id for worker_id, task_id in chosen.items() if task_id is not None}


def _groups(items: Sequence[GoldItem]) -> list[list[int]]:
    """Return the items in a group for each truth where it is labels, else in one."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for item in items:
        groups[item.answer if item.kind in (LABEL, LABEL_PICTURE) else ""].append(item.task_id)
    return [groups[key] for key in sorted(groups)]


async def _laid(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    hits: Sequence[_Hit],
    chosen: Mapping[int, int],
    held: Mapping[int, Sequence[Work]],
) -> list[Laid]:
    """Return the rows for the desks: as the queue's other work is, under fresh numbers."""
    if not chosen:
        return []
    questions = await history.questions(tx, cell, sorted(set(chosen.values())))
    getting = [hit for hit in hits if chosen.get(hit.worker_id) in questions]
    getting = await _shown_to_them(
        tx, now, cell, getting, {h.worker_id: questions[chosen[h.worker_id]] for h in getting}
    )
    first = await fresh_numbers(tx, cell, len(getting)) if getting else 0
    return [
        _row(hit, questions[chosen[hit.worker_id]], number, now, held.get(hit.worker_id, ()))
        for number, hit in enumerate(getting, start=first)
    ]


async def _shown_to_them(
    tx: asyncpg.Connection, now: datetime, cell: int, getting: Sequence[_Hit], asked: Mapping[int, TaskQuestion]
) -> list[_Hit]:
    """Return those who may be shown what was chosen for them (docs/decisions/0079); of what is not marked, all."""
    marks = {hit.worker_id: hit.queue.marks | asked[hit.worker_id].marks for hit in getting}
    marked = [worker_id for worker_id, theirs in marks.items() if theirs]
    known = await wellbeing.of(tx, cell, marked) if marked else {}
    clear = {
        hit.worker_id: known[hit.worker_id].clear(hit.queue.queue_id, now) for hit in getting if hit.worker_id in known
    }
    return [hit for hit in getting if not marks[hit.worker_id] & ~clear.get(hit.worker_id, 0)]


def _row(hit: _Hit, asked: TaskQuestion, number: int, now: datetime, before: Sequence[Work]) -> Laid:
    return Laid(
        task_id=number,
        queue_id=hit.queue.queue_id,
        worker_id=hit.worker_id,
        of_task=asked.task_id,
        purpose=Purpose.GOLD,
        pay_micros=hit.queue.pay_micros,
        lease_seconds=hit.queue.lease_seconds,
        lease_until=laid_until(now, hit.queue.lease_seconds, before),
        kind=asked.kind,
        options=asked.options,
        media=asked.media,
        question_id=asked.question_id,
    )
