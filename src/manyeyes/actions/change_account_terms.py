"""Change what an operator may change of accounts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import AccountPlace, Terms
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


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
    actor: Actor = BY_ITSELF


async def change_account_terms(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeAccountTerms]
) -> list[bool]:
    """Change the terms, in the order in which the changes came; return for each whether it was made."""
    cell, made = commands[0].cell, []
    known = await accounts.lock_terms(tx, cell, sorted({c.account_id for c in commands}))
    entries = []
    for c in commands:
        before = known.get(c.account_id)
        given = {"max_bid_micros": c.max_bid_micros, "weight": c.weight, "keep_days": c.keep_days}
        terms = {name: value for name, value in given.items() if value is not None}
        if c.suspended is not None:
            terms["suspended"] = c.suspended
        made.append(before is not None and all(c.seen is None or _same(c.seen, before, name) for name in terms))
        if before is None or not made[-1]:
            continue
        after = known[c.account_id] = msgspec.structs.replace(before, **terms)
        await accounts.set_terms(tx, AccountPlace(c.account_id, "", cell), suspended=c.suspended, **given)
        entries.append(change_of(c.actor, Deed.ACCOUNT_SET, f"account:{c.account_id}", before, after))
    await trail.record(tx, now, cell, entries)
    return made


def _same(seen: Terms, found: Terms, name: str) -> bool:
    """Tell whether a term is what was seen."""
    return bool(getattr(seen, name) == getattr(found, name))
