"""Settle what is due, as many at once as a batch takes: what cannot be settled holds up nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import asyncpg
import structlog

from manyeyes.runtime.batching import LARGEST_BATCH, Unavailable
from manyeyes.runtime.context import Context

log = structlog.get_logger()
FindDue = Callable[[asyncpg.Connection, int, Collection[int], int], Awaitable[list[int]]]
Settle = Callable[[int], Awaitable[bool]]


async def settle_due(context: Context, cell: int, due: FindDue, settle: Settle) -> None:
    """Settle the oldest first, until nothing is due but what could not be settled; that is left to the next sweep.

    ``due(db, cell, but, limit)``: whose turn it is, by number; ``settle(number)``: tells whether anything was settled,
    which is not so where somebody else is at it. All of a round enter the lane together, so that they are one batch;
    one that cannot be settled is told of in the log. Raises `Unavailable`, for all of them once.
    """
    left: set[int] = set()
    while True:
        async with context.cells.pool(cell).acquire() as db:
            found = await due(db, cell, left, LARGEST_BATCH)
        numbers = list(dict.fromkeys(found))
        outcomes = await asyncio.gather(*[settle(number) for number in numbers], return_exceptions=True)
        for number, outcome in zip(numbers, outcomes, strict=True):
            if isinstance(outcome, Unavailable):
                raise outcome
            if isinstance(outcome, BaseException):
                log.warning(
                    "not_settled",
                    due=f"{due.__module__}.{due.__qualname__}",
                    cell=cell,
                    number=number,
                    error=repr(outcome),
                )
            if outcome is not True:
                left.add(number)
        if len(found) < LARGEST_BATCH:
            return
