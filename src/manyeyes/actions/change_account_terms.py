"""Change what an operator may change of accounts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace, Terms

TERMS = ("suspended", "max_bid_micros", "weight", "keep_days")


class ChangeAccountTerms(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is; ``max_bid_micros`` 0 means the queue's price.

    ``seen``: what whoever changes them looked at. Where a term to be changed is not so any more, nothing is changed.
    """

    cell: int
    account_id: int
    suspended: bool | None = None
    max_bid_micros: int | None = None
    weight: int | None = None
    keep_days: int | None = None
    seen: Terms | None = None


async def change_account_terms(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeAccountTerms]
) -> list[bool]:
    """Change the terms, in the order in which the changes came; return for each whether it was made."""
    made: dict[int, bool] = {}
    # In one order, so that batches do not block each other.
    for n, c in sorted(enumerate(commands), key=lambda each: (each[1].account_id, each[0])):
        found = await accounts.lock_terms(tx, c.cell, c.account_id)
        made[n] = found is not None and _still(c, found)
        if made[n]:
            place = AccountPlace(c.account_id, "", c.cell)
            terms = {"max_bid_micros": c.max_bid_micros, "weight": c.weight, "keep_days": c.keep_days}
            await accounts.set_terms(tx, place, suspended=c.suspended, **terms)
    return [made[n] for n in range(len(commands))]


def _still(command: ChangeAccountTerms, found: Terms) -> bool:
    """Tell whether the terms that are to be changed are still what was seen."""
    changed = [name for name in TERMS if getattr(command, name) is not None]
    return command.seen is None or all(getattr(command.seen, name) == getattr(found, name) for name in changed)
