"""Pay whose complaint window has closed becomes payable."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting

LARGEST_SWEEP = 1_000


class VestPay(msgspec.Struct, frozen=True):
    cell: int


async def vest_pay(tx: asyncpg.Connection, now: datetime, commands: Sequence[VestPay]) -> list[int]:
    """Return how many pays were vested: one transfer each, so every cent of a wallet leads back to its task."""
    cell = commands[0].cell
    due = await ledger.take_due_pay(tx, now, cell, LARGEST_SWEEP)
    vested = [posting(TransferKind.VEST, pay.task_id, pay.worker_id, pay.amount_micros) for pay in due]
    await ledger.insert_transfers(tx, now, cell, vested)
    sums: Counter[int] = Counter()
    for pay in due:
        sums[pay.worker_id] += pay.amount_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))
    return [len(due) for _ in commands]
