"""getBalance: what the account may still spend. No `captchaCredits`: nobody owns any.

See docs/contracts/anticaptcha.md#getbalance.
"""

import msgspec

from manyeyes.accounts.rules import MONEY_READ
from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.roles.picture_check import balances
from manyeyes.values.money import number
from manyeyes.values.refusals import Refusal


class GetBalanceReply(msgspec.Struct, frozen=True):
    errorId: int
    balance: float


async def get_balance(call: AntiCaptchaCall) -> GetBalanceReply | Refusal:
    """Return the balance in USD; what is held for open tasks is not in it."""
    owner = await call.owner(MONEY_READ)
    if isinstance(owner, Refusal):
        return owner
    micros = await call.context.batcher.read(balances, owner.cell, owner.account_id)
    return GetBalanceReply(0, number(micros))
