"""Numbers of events that are told to customers' addresses: each is a serial of its own."""

import asyncpg

from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import usable


async def take_usable(tx: asyncpg.Connection, cell: int, count: int) -> list[int]:
    """Return so many fresh serials of a cell whose wire ids are not 0."""
    serials: list[int] = []
    while len(serials) < count:  # one may be unusable, once in two thousand million
        missing = count - len(serials)
        first = await tasks.take_serials(tx, cell, missing)
        serials += [serial for serial in range(first, first + missing) if usable(serial)]
    return serials
