"""Keep what workers answered, or passed on, aside for some seconds, so that they can take it back (decision 0074)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.fitting_answers import one_form, unfit
from manyeyes.actions.shared.lost_leases import ANSWERED, PASSED_ON
from manyeyes.actions.shared.worker_desks import Desks, LeaseId, load_desks_and_aside, promote_queued
from manyeyes.dispatch import leases
from manyeyes.dispatch.aside import store as aside
from manyeyes.dispatch.aside.store import Aside, LayingAside
from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Work
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import normalised
from manyeyes.workers import store as workers
from manyeyes.workers.rules import SkipReason
from manyeyes.workers.store import SessionChange


class LayAside(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: the answer; None: the task is passed on for ``reason``. It can be taken back for ``seconds``."""

    cell: int
    worker_id: int
    lease: LeaseId
    text: str | None
    reason: SkipReason
    seconds: float


class LaidAside(msgspec.Struct, frozen=True):
    """``until`` when it can be taken back; what it will earn; ``next_work`` lies on the desk now.

    ``queue_id`` is 0 when it was laid aside before, and its reply was lost.
    """

    task_id: int
    queue_id: int
    earned_micros: int
    until: datetime
    next_work: Work | None = None


async def lay_aside(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[LayAside]
) -> list[LaidAside | Refusal | None]:
    """Return what was laid aside, or why not: the answer does not fit, or something else was done with the task.

    None: it is to be answered or passed on at once, as practice and tokens are; a lost lease is to be refused by that.
    What the worker laid aside before is settled now: they have gone on.
    """
    # 1. Load: the desks, and what was laid aside before, locked.
    cell = commands[0].cell
    commands = [msgspec.structs.replace(c, text=None if c.text is None else normalised(c.text)) for c in commands]
    people = sorted({c.worker_id for c in commands})
    desks, earlier = await load_desks_and_aside(tx, cell, people)
    before = {each.task_id: each for each in earlier}
    # 2. Decide: what leaves the desks; of each worker the last one alone can be taken back.
    outcomes: list[LaidAside | Refusal | None] = []
    laid: dict[int, tuple[Work, LayingAside]] = {}
    for command in commands:
        outcome, work, row = _laid(command, desks, before, now)
        outcomes.append(outcome)
        if work and row:
            before[work.task_id] = _as_aside(work, row)
            for task_id, (other, older) in laid.items():
                if other.worker_id == work.worker_id:
                    laid[task_id] = other, msgspec.structs.replace(older, until=now)
            laid[work.task_id] = work, row
    # 3. Save: what was laid aside before is due, then these; what lies on the desks now.
    if laid:
        await aside.hasten(tx, now, cell, earlier, {work.worker_id for work, _ in laid.values()})
        await aside.lay(tx, now, cell, [row for _, row in laid.values()])
        gone = [work for work, _ in laid.values()]
        await promote_queued(tx, now, cell, desks, [work.worker_id for work in gone], gone)
        await workers.change_desks(tx, now, cell, _changes(list(laid.values())))
    return [
        msgspec.structs.replace(outcome, next_work=desks.next_for(command.worker_id))
        if isinstance(outcome, LaidAside)
        else outcome
        for command, outcome in zip(commands, outcomes, strict=True)
    ]


def _laid(
    command: LayAside, desks: Desks, before: dict[int, Aside], now: datetime
) -> tuple[LaidAside | Refusal | None, Work | None, LayingAside | None]:
    """Return what becomes of a command, with the task and the row when it leaves the desk."""
    known = before.get(command.lease.task_id)
    if known and (known.worker_id, known.lease) == (command.worker_id, command.lease.number):
        return _again(command, known), None, None
    work = desks.take(command.worker_id, command.lease, now)
    if work is None:
        return None, None, None
    text = None if command.text is None else one_form(work, command.text)
    is_at_once = work.purpose is Purpose.PRACTICE or bool(work.site)
    refusal = unfit(work, text) if text is not None and not is_at_once else None
    if is_at_once or refusal:
        desks.put_down(work)
        return refusal, None, None
    until = now + timedelta(seconds=command.seconds)
    reason = str(command.reason) if text is None else ""
    earned = 0 if text is None else work.pay_micros
    row = LayingAside(work.task_id, text, reason, until, leases.looked_ms(work, now))
    return LaidAside(work.subject_id, work.queue_id, earned, until), work, row


def _again(command: LayAside, known: Aside) -> LaidAside | Refusal:
    """Return what is said of a task that is aside already: the same again, whose reply was lost, or something else."""
    text = None if command.text is None else one_form(known, command.text)
    if text != known.aside_text or (text is None and str(command.reason) != known.aside_reason):
        return PASSED_ON if known.aside_text is None else ANSWERED
    earned = 0 if text is None else known.pay_micros
    return LaidAside(known.subject_id, 0, earned, known.aside_until)


def _as_aside(work: Work, row: LayingAside) -> Aside:
    named = {name: getattr(work, name) for name in Work.__struct_fields__}
    named |= {"aside_text": row.text, "aside_reason": row.reason, "aside_until": row.until, "aside_ms": row.took_ms}
    return Aside(**named)


def _changes(laid: Sequence[tuple[Work, LayingAside]]) -> dict[int, SessionChange]:
    counts = Counter(work.worker_id for work, _ in laid)
    took = {work.worker_id: row.took_ms for work, row in laid if row.text is not None}
    return {w: SessionChange(held=-counts[w], is_awake=True, took_ms=took.get(w, 0)) for w in sorted(counts)}
