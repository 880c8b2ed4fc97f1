"""Change below what balance customers are told, and at which address."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts import top_ups
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class SetLowBalance(msgspec.Struct, frozen=True):
    """``low_micros`` 0: nobody is told; ``low_url`` empty: only the account's pages say it."""

    cell: int
    account_id: int
    low_micros: int
    low_url: str = ""
    actor: Actor = BY_ITSELF


async def set_low_balances(tx: asyncpg.Connection, now: datetime, commands: Sequence[SetLowBalance]) -> list[None]:
    """Change what accounts named, in the order in which the changes came; of an account that is not there nothing."""
    cell = commands[0].cell
    await accounts.lock_accounts(tx, cell, sorted({c.account_id for c in commands}))  # in one order
    entries = []
    for c in commands:
        before = await top_ups.low_balance(tx, cell, c.account_id)
        if before is not None:
            await top_ups.set_low_balance(tx, cell, c.account_id, c.low_micros, c.low_url)
            old = {"low_micros": before.low_micros, "low_url": before.low_url}
            new = {"low_micros": c.low_micros, "low_url": c.low_url}
            entries.append(change_of(c.actor, Deed.BALANCE_NOTICE, f"account:{c.account_id}", old, new))
    await trail.record(tx, now, cell, entries)
    return [None for _ in commands]
