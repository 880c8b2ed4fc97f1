"""Change what an operator may change of accounts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace


class ChangeAccountTerms(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is; ``max_bid_micros`` 0 means the queue's price."""

    cell: int
    account_id: int
    suspended: bool | None = None
    max_bid_micros: int | None = None
    weight: int | None = None
    keep_days: int | None = None


async def change_account_terms(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeAccountTerms]
) -> list[None]:
    """Change the terms, in the order in which the changes came."""
    for c in sorted(commands, key=lambda c: c.account_id):  # in one order, so that batches do not block each other
        place = AccountPlace(c.account_id, "", c.cell)
        terms = {"max_bid_micros": c.max_bid_micros, "weight": c.weight, "keep_days": c.keep_days}
        await accounts.set_terms(tx, place, suspended=c.suspended, **terms)
    return [None for _ in commands]
