"""Money comes in: one transfer and one higher balance per top-up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class TopUp(msgspec.Struct, frozen=True):
    """``top_up_id`` is a serial taken beforehand: the same top-up sent twice is booked once."""

    cell: int
    top_up_id: int
    account_id: int
    amount_micros: int
    actor: Actor = BY_ITSELF


async def top_up_accounts(tx: asyncpg.Connection, now: datetime, commands: Sequence[TopUp]) -> list[int | Refusal]:
    """Return each account's new available micros, or the refusal UNKNOWN_ACCOUNT."""
    cell = commands[0].cell
    balances = await ledger.lock_balances(tx, cell, sorted({c.account_id for c in commands}))
    booked = await ledger.booked_causes(tx, cell, TransferKind.TOP_UP, [c.top_up_id for c in commands])
    fresh = {c.top_up_id: c for c in commands if c.account_id in balances and c.top_up_id not in booked}
    transfers = [posting(TransferKind.TOP_UP, c.top_up_id, c.account_id, c.amount_micros) for c in fresh.values()]
    changes: Counter[int] = Counter()
    for transfer in transfers:
        changes[transfer.account_id] += transfer.amount_micros
    await ledger.insert_transfers(tx, now, cell, transfers)
    await ledger.change_balances(tx, cell, changes)
    await trail.record(tx, now, cell, _told(fresh.values(), balances))
    return [
        balances[c.account_id] + changes[c.account_id]
        if c.account_id in balances
        else Refusal(Reason.UNKNOWN_ACCOUNT, f"there is no account {c.account_id}")
        for c in commands
    ]


def _told(fresh: Iterable[TopUp], balances: Mapping[int, int]) -> Iterator[TrailEntry | None]:
    """Yield an entry for each top-up, with what the account could spend before it and after it."""
    available = dict(balances)
    for c in fresh:
        before = available[c.account_id]
        after = available[c.account_id] = before + c.amount_micros
        sides = {"available_micros": before}, {"available_micros": after, "top_up_id": c.top_up_id}
        yield change_of(c.actor, Deed.BALANCE_TOP_UP, f"account:{c.account_id}", *sides)
