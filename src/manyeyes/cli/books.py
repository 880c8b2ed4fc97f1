"""The proof of an installation's books, for the commands that give one."""

from collections.abc import Sequence
from typing import Any

from manyeyes.runtime.books_proof import prove_cell
from manyeyes.runtime.context import Context
from manyeyes.runtime.last_audit import note_audit
from manyeyes.values import money


async def prove_books(context: Context, older_keys: Sequence[bytes] = (), *, is_whole: bool = False) -> dict[str, Any]:
    """Return what the proof of all cells found: the sums, and a sentence for each finding; note it as the last one.

    ``is_whole``: not from the newest seal on, but from the beginning.
    """
    difference = transfers = accounts = wallets = held = 0
    findings: list[str] = []
    for cell in context.cells.numbers:
        books = await prove_cell(context, cell, older_keys, is_whole=is_whole)
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
