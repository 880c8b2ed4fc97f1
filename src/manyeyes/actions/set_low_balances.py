"""Change below what balance customers are told, and at which address."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import top_ups


class SetLowBalance(msgspec.Struct, frozen=True):
    """``low_micros`` 0: nobody is told; ``low_url`` empty: only the account's pages say it."""

    cell: int
    account_id: int
    low_micros: int
    low_url: str = ""


async def set_low_balances(tx: asyncpg.Connection, now: datetime, commands: Sequence[SetLowBalance]) -> list[None]:
    """Change what accounts named, in the order in which the changes came."""
    for c in sorted(commands, key=lambda c: c.account_id):  # in one order, so that batches do not block each other
        await top_ups.set_low_balance(tx, c.cell, c.account_id, c.low_micros, c.low_url)
    return [None for _ in commands]
