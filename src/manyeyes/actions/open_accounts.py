"""Open customers' accounts in their cell, with an empty balance."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.ledger import store as ledger


class OpenAccount(msgspec.Struct, frozen=True):
    cell: int
    account_id: int
    name: str


async def open_accounts(tx: asyncpg.Connection, now: datetime, commands: Sequence[OpenAccount]) -> list[int]:
    """Return the ids of the accounts. An id was taken for one account alone: if it exists, a retry asks again."""
    cell = commands[0].cell
    await accounts.insert_accounts(tx, now, cell, [(c.account_id, c.name) for c in commands])
    await ledger.open_balances(tx, cell, [c.account_id for c in commands])
    return [c.account_id for c in commands]
