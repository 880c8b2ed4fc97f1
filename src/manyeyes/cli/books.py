"""The proof of an installation's books, for the commands that give one."""

from typing import Any

from manyeyes.actions.check_books import check_books
from manyeyes.runtime.context import Context
from manyeyes.runtime.last_audit import note_audit
from manyeyes.values import money


async def prove_books(context: Context) -> dict[str, Any]:
    """Return what the proof of all cells found: the sums, and a sentence for each finding; note it as the last one."""
    difference = transfers = accounts = wallets = held = 0
    findings: list[str] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            books = await check_books(db, cell, await context.lookups.time_zones())
        difference, transfers = difference + books.difference_micros, transfers + books.transfers
        accounts, wallets = accounts + books.accounts, wallets + books.wallets
        held += books.open_tasks_held_micros
        findings += [f"cell {cell}: {finding}" for finding in books.findings]
    note_audit(context.settings, difference)
    return {
        "difference": difference,
        "transfers": transfers,
        "accounts": accounts,
        "wallets": wallets,
        "held": money.text(held),
        "findings": findings,
    }
