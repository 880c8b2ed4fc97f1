"""getBalance: what the account may still spend. No `captchaCredits`: nobody owns any.

See docs/contracts/anticaptcha.md#getbalance.
"""

from collections.abc import Sequence

import asyncpg
import msgspec

from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.ledger import store as ledger
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal


class GetBalanceReply(msgspec.Struct, frozen=True):
    errorId: int
    balance: float


async def get_balance(call: AntiCaptchaCall) -> GetBalanceReply | Refusal:
    """Return the balance in USD; what is held for open tasks is not in it."""
    owner = await call.owner()
    if isinstance(owner, Refusal):
        return owner
    micros = await call.context.batcher.read(balances, owner.cell, owner.account_id)
    return GetBalanceReply(0, number(micros))


async def balances(db: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> list[int]:
    """Return what each account may still spend, in micro-units; 0 for one that is not there."""
    found = await ledger.balances(db, cell, account_ids)
    return [found.get(account_id, 0) for account_id in account_ids]
