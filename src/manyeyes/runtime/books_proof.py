"""Proving the books of a cell with the keys of this installation, and sealing its months (docs/decisions/0095)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from manyeyes.actions.check_books import BooksAudit, check_books
from manyeyes.actions.seal_months import due_months, seal_months
from manyeyes.runtime.context import Context
from manyeyes.runtime.installation_keys import SecretsUnreadable
from manyeyes.trail.heads import public_key_of


class Sealing(msgspec.Struct, frozen=True):
    """``months``: those that were sealed, by name; none where the books do not balance."""

    months: list[str]
    difference_micros: int = 0


async def prove_cell(
    context: Context, cell: int, older_keys: Sequence[bytes] = (), *, is_whole: bool = False
) -> BooksAudit:
    """Prove a cell's books from its newest seal on; ``is_whole``: everything, and each month against its seal.

    ``older_keys``: that seals may be signed with beside our own. Where ours cannot be read all is read.
    """
    try:
        keys = [public_key_of(context.trail_key), *older_keys]
    except SecretsUnreadable:
        keys = list(older_keys)
    async with context.cells.pool(cell).acquire() as db:
        return await check_books(db, cell, await context.lookups.time_zones(), keys, is_whole=is_whole)


async def due_of(context: Context, cell: int) -> list[datetime]:
    """Return the ends of the months of a cell that can be sealed."""
    async with context.cells.pool(cell).acquire() as db:
        return await due_months(db, cell)


async def seal_cell(context: Context, cell: int, older_keys: Sequence[bytes] = ()) -> Sealing:
    """Seal all months of a cell that can be, if its books balance. Raises `SecretsUnreadable`."""
    due, key = await due_of(context, cell), context.trail_key
    if not due:
        return Sealing([])
    if difference := (await prove_cell(context, cell, older_keys)).difference_micros:
        return Sealing([], difference)
    async with context.cells.pool(cell).acquire() as db:
        return Sealing(await seal_months(db, cell, key, due, older_keys))
