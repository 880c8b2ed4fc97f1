"""Serial numbers, taken from a cell's row in blocks: an id exists before its insert, so a retry repeats it."""

import asyncio

from manyeyes.db.pool import Cells
from manyeyes.runtime.batching import read_patiently
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import usable, widen

BLOCK = 512


class IdBlocks:
    """This process's blocks, one per cell. What is left at the end is never used: gaps are harmless."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._blocks: dict[int, tuple[int, int]] = {}
        self._locks = {cell: asyncio.Lock() for cell in cells.numbers}

    async def take(self, cell: int) -> int:
        """Return a fresh serial of a cell whose wire id is not 0."""
        while True:
            async with self._locks[cell]:
                serial, end = self._blocks.get(cell, (0, 0))
                if serial == end:
                    serial = await read_patiently(
                        self._cells.pool(cell), lambda db: tasks.take_serials(db, cell, BLOCK)
                    )
                    end = serial + BLOCK
                self._blocks[cell] = (serial + 1, end)
            if usable(serial):
                return serial

    async def of_wire(self, cell: int, wire: int) -> int:
        """Return the serial that a wire id means: the nearest one to the newest this process knows."""
        if cell not in self._blocks:
            await self.take(cell)
        return widen(wire, self._blocks[cell][1])
