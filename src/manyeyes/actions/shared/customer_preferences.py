"""What customers think of the workers at hand, and whom and what `hand_out` must see besides the heads for its sake.

The heads are bounded: a listed worker may be idle behind many who have been idle for longer, and their customer's task
may wait behind many others. Both are found by their keys, whatever else waits or is idle.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.allow_list import store as allow_list
from manyeyes.allow_list.rules import FilterTerms, Seen, allow_lists, filters, shut_until
from manyeyes.dispatch import heads
from manyeyes.dispatch.rules import NO_FILTERS, Idle, WaitingTask, WorkerFilters, listed_first
from manyeyes.tasks.rules import TOKEN_KINDS
from manyeyes.workers import store as workers

MOST_LISTS = 64  # customers that one run asks for tasks of theirs; beyond, each worker's newest customers are asked
LONGEST_LISTS = 1_000  # entries read from the accounts' side; more are looked at from the idle workers' side

AllowLists = Mapping[int, AbstractSet[int]]


class Regarded(msgspec.Struct, frozen=True):
    """Workers with what customers think of them: ``lists`` names idle ones alone."""

    room: list[Idle]
    lists: AllowLists = {}
    filters: WorkerFilters = NO_FILTERS


async def regarded(
    tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, room: list[Idle], terms: FilterTerms
) -> Regarded:
    """Load what is thought of these workers: one look-up by their ids. Only tokens are filtered, never pictures.

    Where somebody filters one of them and few have room, it also counts who was there lately, as far as it matters.
    """
    everybody, idle = [w.worker_id for w in room], [w.worker_id for w in room if w.held == 0]
    newest = 1 + MOST_LISTS // max(len(idle), 1)
    words = await allow_list.regards(tx, now, cell, idle, newest, everybody)
    lists, filtered = allow_lists(words, MOST_LISTS), filters(words)
    if not filtered:
        return Regarded(room, lists)
    seen = len(room)
    if not terms.are_hard(seen):
        seen = len(await workers.seen_lately(tx, cell, queue_id, terms.since(now), terms.others + 1))
    return Regarded(room, lists, WorkerFilters(TOKEN_KINDS, filtered, are_last=not terms.are_hard(seen)))


async def idle_elsewhere(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    queue_id: int,
    waiting: Sequence[WaitingTask],
    room: Sequence[Idle],
) -> list[Idle]:
    """Lock and return idle workers, not in ``room``, who are listed by customers of ``waiting`` and will get a task."""
    entries = await _entries(tx, now, cell, queue_id, sorted({task.account_id for task in waiting}))
    known = {w.worker_id for w in room}
    absent = {worker_id for _, worker_id in entries} - known
    if not absent:
        return []
    found = [Idle(*row) for row in await workers.idle_among(tx, cell, queue_id, absent)]
    lists: dict[int, set[int]] = {}
    for account_id, worker_id in entries:
        lists.setdefault(account_id, set()).add(worker_id)
    pairs = listed_first(waiting, longest_idle_first([*room, *found]), lists, now)
    chosen = {pair.worker_id for pair in pairs} - known
    return [Idle(*row) for row in await workers.lock_idle(tx, cell, queue_id, chosen)] if chosen else []


async def _entries(
    tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, account_ids: Sequence[int]
) -> list[tuple[int, int]]:
    """Return (account, listed worker), looked up from the side that has fewer to look at."""
    entries = await allow_list.listed_by(tx, now, cell, account_ids, LONGEST_LISTS)
    if entries is None:
        entries = await allow_list.listed_among(tx, now, cell, account_ids, await workers.idle_in(tx, cell, queue_id))
    return entries


async def tasks_for_listed(
    tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, by: Regarded, head: Sequence[WaitingTask]
) -> list[WaitingTask]:
    """Lock and return tasks, not in ``head``, that listed workers will take, from wherever in the queue they stand."""
    known = {task.task_id for task in head}
    oldest = await heads.oldest_of(tx, cell, queue_id, by.lists)
    seen = {task.task_id: task for task in [*head, *oldest]}
    pairs = listed_first(seen.values(), longest_idle_first(by.room), by.lists, now)
    chosen = [pair.task_id for pair in pairs if pair.task_id not in known]
    return [seen[task_id] for task_id in chosen]


def longest_idle_first(room: Collection[Idle]) -> list[Idle]:
    """Return the idle ones as the match takes them."""
    return sorted((w for w in room if w.held == 0), key=lambda w: (w.silent, w.idle_since, w.worker_id))


async def shut_places(
    tx: asyncpg.Connection, now: datetime, cell: int, places: Collection[tuple[int, int]], terms: FilterTerms
) -> dict[tuple[int, int], datetime]:
    """Return those of the (account, queue) in which the account's filters leave nobody, until when (error 54).

    One look-up for accounts that filter nobody, as nearly all do.
    """
    filtered = await allow_list.filtered_by(tx, now, cell, sorted({account_id for account_id, _ in places}))
    shut = {}
    for account_id, queue_id in sorted(place for place in places if place[0] in filtered):
        limit = len(filtered[account_id]) + 1  # one more than they filter is somebody else
        rows = await workers.seen_lately(tx, cell, queue_id, terms.since(now), limit)
        until = shut_until([Seen(*row) for row in rows], filtered[account_id], terms)
        if until is not None:
            shut[account_id, queue_id] = until
    return shut
