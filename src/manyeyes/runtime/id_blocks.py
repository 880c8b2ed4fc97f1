"""Numbers that are taken before what they name is written, so that a retry repeats it: serials of a cell, in blocks,
and small numbers of the directory database's counters. What is taken and not used is a gap, and gaps are harmless."""

import asyncio
from collections import defaultdict

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import Cells
from manyeyes.runtime.batching import read_patiently
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import WIRE_MASK, usable, widen

BLOCK = 512
LARGEST_SERIAL = 2**63 - 1


class IdBlocks:
    """This process's blocks, one per cell and counter. What is left at the end is never used: gaps are harmless."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._blocks: dict[int, tuple[int, int]] = {}
        self._locks = {cell: asyncio.Lock() for cell in cells.numbers}
        self._numbers: dict[str, tuple[int, int]] = {}
        self._number_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, cell: int) -> int:
        """Return a fresh serial of a cell whose wire id is not 0."""
        while True:
            async with self._locks[cell]:
                serial, end = self._blocks.get(cell, (0, 0))
                if serial == end:
                    serial = await self.take_run(cell, BLOCK)
                    end = serial + BLOCK
                self._blocks[cell] = (serial + 1, end)
            if usable(serial):
                return serial

    async def take_run(self, cell: int, count: int) -> int:
        """Return the first of ``count`` fresh serials of a cell that follow each other."""
        found: int = await read_patiently(self._cells.pool(cell), lambda db: tasks.take_serials(db, cell, count))
        return found

    async def take_number(self, counter: str, block: int = 1) -> int:
        """Return a fresh number of a counter: account, worker, recognition, soft_app, payout or node.

        The counters live in the directory database. ``block``: so many are taken at once, where strangers ask.
        """
        async with self._number_locks[counter]:
            number, end = self._numbers.get(counter, (0, 0))
            if number == end:
                number = await read_patiently(
                    self._cells.directory, lambda db: accounts.take_numbers(db, counter, block)
                )
                end = number + block
            self._numbers[counter] = (number + 1, end)
            return number

    async def of_wire(self, cell: int, wire: int) -> int:
        """Return the serial that a wire id means: the nearest one to the newest this process knows.

        A larger number is a serial itself: they are the same up to 2^31 - 1 tasks. 0: no task has such a number.
        """
        if not 0 < wire <= LARGEST_SERIAL:
            return 0
        if wire > WIRE_MASK:
            return wire
        if cell not in self._blocks:
            await self.take(cell)
        return widen(wire, self._blocks[cell][1])
