"""Seats of tasks that take several answers: opened when the task enters its queue, and one more at a time later."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch.rules import Purpose
from manyeyes.dispatch.store import Entering
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel
from manyeyes.panels.store import NewPanel
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import usable


async def seated(tx: asyncpg.Connection, now: datetime, cell: int, entering: Sequence[Entering]) -> list[Entering]:
    """Open the panels of tasks that take several answers, and return the rows that enter: tasks as they are, or seats.

    The seats that a task may ever take are numbered at once, so that none is numbered later. They stand where their
    task stands. Where no task takes several, nothing is asked.
    """
    several = [row for row in entering if not row.terms.is_single]
    if not several:
        return list(entering)
    first = await fresh_numbers(tx, cell, sum(row.terms.answers_at_most for row in several))
    opened: dict[int, NewPanel] = {}
    for row in several:
        opened[row.task_id] = _panel(row, first, now)
        first += row.terms.answers_at_most
    await panels.insert_panels(tx, cell, list(opened.values()))
    rows: list[Entering] = []
    for row in entering:
        panel = opened.get(row.task_id)
        rows += [row] if panel is None else numbered_seats(row, range(panel.first_seat, panel.first_seat + panel.seats))
    return rows


def more_seats(panel: Panel, count: int, like: Entering) -> tuple[Panel, list[Entering]]:
    """Return the panel with ``count`` more seats open, and these; they are as ``like``, in their task's old place."""
    first = panel.first_seat + panel.seats
    grown = msgspec.structs.replace(panel, seats=panel.seats + count, open=panel.open + count)
    return grown, numbered_seats(like, range(first, first + count))


def numbered_seats(like: Entering, numbers: Iterable[int]) -> list[Entering]:
    """Return seats of the task that ``like`` is, or is a seat of, under these numbers."""
    seat = msgspec.structs.replace(like, of_task=like.of_task or like.task_id, purpose=Purpose.SEAT)
    return [msgspec.structs.replace(seat, task_id=number) for number in numbers]


def _panel(row: Entering, first_seat: int, now: datetime) -> NewPanel:
    return NewPanel(
        task_id=row.task_id,
        account_id=row.account_id,
        queue_id=row.queue_id,
        job_id=row.job_id,
        question_id=row.question_id,
        terms=row.terms,
        first_seat=first_seat,
        seats=row.terms.answers,
        bid_micros=row.bid_micros,
        turn=row.turn,
        price_micros=row.price_micros,
        pay_micros=row.pay_micros,
        held_micros=row.held_micros,
        share_micros=row.share_micros,
        lease_seconds=row.lease_seconds,
        life_seconds=row.life_seconds,
        base_url=row.base_url,
        media=row.media,
        created_at=row.created_at or now,
        entered_at=now if row.created_at else None,
    )


async def fresh_numbers(tx: asyncpg.Connection, cell: int, count: int) -> int:
    """Return the first of ``count`` (≥ 1) serials in a row, each of which may lie on a desk."""
    while True:
        first = await tasks.take_serials(tx, cell, count)
        if all(usable(serial) for serial in range(first, first + count)):
            return first
