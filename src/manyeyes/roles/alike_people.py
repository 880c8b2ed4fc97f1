"""Who answers as somebody else does, as the operator is told; never a customer, and it stops nobody (decision 0066)."""

import msgspec

from manyeyes.runtime.context import Context
from manyeyes.skills.alike import AlikeKind
from manyeyes.skills.findings.store import KnownAlike, alike_in_queue, alike_of_worker


class AlikeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What the nights found, and in which cell; people are told by their numbers, as their standings are."""

    cell: int
    found: KnownAlike

    def others(self, worker_id: int) -> tuple[int, ...]:
        """Return with whom this worker answers alike: of a pair the other one."""
        if self.found.kind is not AlikeKind.PAIR:
            return ()
        return tuple({self.found.worker_id, self.found.other_id} - {worker_id})


async def queue_alike(context: Context, queue_id: int) -> list[AlikeSeen]:
    """Return who of a queue's people answers as somebody else does, in all cells, the newest findings first."""
    seen: list[AlikeSeen] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            seen += [AlikeSeen(cell=cell, found=each) for each in await alike_in_queue(db, cell, queue_id)]
    return sorted(seen, key=lambda each: each.found.found_at, reverse=True)


async def worker_alike(context: Context, worker_id: int) -> list[AlikeSeen]:
    """Return where somebody answers as somebody else does, in all cells."""
    seen: list[AlikeSeen] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            seen += [AlikeSeen(cell=cell, found=each) for each in await alike_of_worker(db, cell, worker_id)]
    return seen
