"""Months of an installation's history: written to files, and dropped (docs/decisions/0095)."""

from datetime import UTC, datetime

from manyeyes.actions.drop_tasks import DropTasks, drop_tasks
from manyeyes.actions.mark_months import MarkMonth, mark_months
from manyeyes.ledger.seals import store as seals
from manyeyes.ledger.seals.rules import Seal, month_before, month_named, months_before, next_month
from manyeyes.runtime.context import Context
from manyeyes.tasks.dropping import store as dropping
from manyeyes.values.actor import Actor


class MonthRefused(Exception):
    """The month cannot be dropped, or not yet; the text says why."""


async def sealed_month(context: Context, cell: int, name: str) -> Seal:
    """Return the seal of a month such as 2026-01. Raises `MonthRefused` when there is none, ValueError for no month."""
    until = next_month(month_named(name))
    async with context.cells.pool(cell).acquire() as db:
        found = [seal for seal in await seals.seals(db, cell) if seal.until == until]
    if not found:
        raise MonthRefused(_unsealed(name, cell))
    return found[0]


async def cells_with(context: Context, name: str) -> list[int]:
    """Return the cells that were there in a month. Raises `MonthRefused` where one of them has not sealed it."""
    until, found = next_month(month_named(name)), []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            began = await seals.first_entry(db, cell)
            every = await seals.seals(db, cell)
        if any(seal.until == until for seal in every):
            found.append(cell)
        elif every[0].until < until if every else began is not None and began < until:
            raise MonthRefused(_unsealed(name, cell))
    if not found:
        raise MonthRefused(_unsealed(name, context.cells.numbers[0]))
    return found


def _unsealed(name: str, cell: int) -> str:
    return f"{name} is not sealed in cell {cell}: `manyeyes db seal` seals months that are over"


async def note_export(context: Context, cell: int, seal: Seal, actor: Actor) -> None:
    """Note that a month of a cell was written to files."""
    await context.batcher.ask(mark_months, MarkMonth(cell=cell, until=seal.until, actor=actor))


async def drop_month(context: Context, cell: int, name: str, actor: Actor, *, without_export: bool) -> int:
    """Drop the tasks of a month, and return how many; begun again after it was ended half-way, it goes on.

    Raises `MonthRefused` for a month that is not sealed, too young, not exported, or not the oldest one.
    """
    seal = await sealed_month(context, cell, name)
    async with context.cells.pool(cell).acquire() as db:
        every = await seals.seals(db, cell)
        async with db.transaction(readonly=True):
            await db.execute("SET LOCAL statement_timeout = 0")  # it may read all results
            last = await dropping.last_ended(db, cell, seal.until)
    _refuse(seal, every, context.settings.keep_months, without_export=without_export)
    mark = MarkMonth(cell=cell, until=seal.until, gone_through=last, is_dropped=True, actor=actor)
    await context.batcher.ask(mark_months, mark)
    after, dropped = 0, 0
    while True:
        found = await context.batcher.ask(drop_tasks, DropTasks(cell, after, last, seal.until))
        dropped += len(found.task_ids)
        if not found.through:
            return dropped
        after = found.through


def _refuse(seal: Seal, every: list[Seal], keep_months: int, *, without_export: bool) -> None:
    oldest = next((each for each in every if not each.dropped_at), None)
    youngest = months_before(datetime.now(UTC), keep_months)
    if seal.until > youngest:
        raise MonthRefused(f"{seal.month} is too young: MANYEYES_KEEP_MONTHS is {keep_months}")
    if not seal.dropped_at and oldest and seal.until != oldest.until:
        raise MonthRefused(f"months are dropped the oldest first: {month_before(oldest.until)}")
    if not (seal.exported_at or without_export):
        raise MonthRefused(f"{seal.month} was not exported; `manyeyes db export-month` does it, or --without-export")
