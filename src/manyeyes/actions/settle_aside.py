"""Settle what was laid aside and not taken back: answers are taken, tasks are passed on (docs/decisions/0074)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.gold_answers import keep_gold_answers
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works
from manyeyes.actions.shared.passed_works import parted
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside
from manyeyes.dispatch.rules import Purpose
from manyeyes.panels.rules import SeatEnd
from manyeyes.skills import gold_items
from manyeyes.tasks.rules import Ending
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.skips import store as skips
from manyeyes.workers.store import SessionChange


class SettleAside(msgspec.Struct, frozen=True):
    """Settle what one person laid aside: a batch that fails is split, so that what cannot be settled fails alone.

    ``seed``: chance, for the audits by lot of what these answers may complete; empty: none is drawn.
    """

    cell: int
    worker_id: int
    seed: bytes = b""


class AsideSettled(msgspec.Struct, frozen=True):
    """The queues of what was settled of one person's, and the tasks that it was answered to, or passed on."""

    queue_ids: tuple[int, ...]
    task_ids: tuple[int, ...]


async def settle_aside(tx: asyncpg.Connection, now: datetime, commands: Sequence[SettleAside]) -> list[AsideSettled]:
    """Return what was settled of each person's: as if it had been answered, or passed on, now.

    Whose presence somebody else is changing is passed over: they may be taking something back.
    """
    # 1. Load: what these people have laid aside whose time is over, locked.
    cell = commands[0].cell
    people = await workers.lock_free(tx, cell, sorted({command.worker_id for command in commands}))
    found = [each for each in await aside.lock(tx, cell, people) if each.aside_until <= now] if people else []
    # 2. Decide: what ends, which seats are closed, and what goes back.
    given = [each for each in found if each.aside_text is not None]
    passed = parted((each, SkipReason(each.aside_reason)) for each in found if each.aside_text is None)
    ended = [*passed.ended]
    closed: defaultdict[Purpose, list[ClosedSeat]] = defaultdict(list, {Purpose.SEAT: [*passed.seats]})
    for each in given:
        text = each.aside_text or ""
        if each.of_task:
            closed[each.purpose].append(ClosedSeat(each, SeatEnd.ANSWERED, text, each.aside_ms))
        else:
            ended.append(EndedWork(each, Ending.SOLVED, text))
    # 3. Save: the tasks, the gold, what the workers did.
    await dispatch.put_back(tx, cell, passed.returning)
    await gold_items.note_passed(tx, now, cell, passed.gold)
    await end_works(tx, now, cell, ended, closed[Purpose.SEAT], seed=commands[0].seed)
    await keep_gold_answers(tx, now, cell, closed[Purpose.GOLD])
    if given:
        await workers.change_desks(tx, now, cell, _done(given))
    await skips.count(tx, now, cell, passed.skips)
    return [_settled(found, command.worker_id) for command in commands]


def _settled(found: Sequence[Aside], worker_id: int) -> AsideSettled:
    theirs = [each for each in found if each.worker_id == worker_id]
    return AsideSettled(
        tuple(sorted({each.queue_id for each in theirs})), tuple(sorted({each.subject_id for each in theirs}))
    )


def _done(given: Sequence[Aside]) -> dict[int, SessionChange]:
    earned: Counter[int] = Counter()
    for each in given:
        earned[each.worker_id] += each.pay_micros
    counts = Counter(each.worker_id for each in given)
    return {w: SessionChange(answered=counts[w], earned_micros=earned[w]) for w in sorted(counts)}
