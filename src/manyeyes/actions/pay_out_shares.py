"""Pay a soft app's shares out: into what its owner may spend."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, share_pay_out
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.rules import AppDay, merged
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class PayOutShares(msgspec.Struct, frozen=True, kw_only=True):
    """``cell`` is the owner's; ``elsewhere_micros`` what the other cells owe the app.

    ``pay_out_id`` is a serial taken beforehand: the same pay-out sent twice is booked once.
    """

    cell: int
    pay_out_id: int
    soft_id: int
    account_id: int
    elsewhere_micros: int = 0
    actor: Actor = BY_ITSELF


async def pay_out_shares(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[PayOutShares]
) -> list[int | Refusal]:
    """Return the micros that each app's owner got, all that is owed (0 when nothing is), or UNKNOWN_ACCOUNT.

    The owner's balance is locked before the shares are summed, so two pay-outs at once do not pay the same share twice.
    Shares of other cells are booked against the app's book of this one, which may go below zero: what the house owes is
    the sum over the cells (docs/decisions/0017).
    """
    # 1. Load: the balances, locked, and which pay-outs are booked already.
    cell = commands[0].cell
    balances = await ledger.lock_balances(tx, cell, sorted({c.account_id for c in commands}))
    before = await ledger.amounts_for(tx, cell, TransferKind.SHARE_PAY_OUT, [c.pay_out_id for c in commands])
    # 2. Decide: one pay-out per app, of all that it is owed.
    fresh: dict[int, PayOutShares] = {}
    for c in commands:
        if c.account_id in balances and c.pay_out_id not in before:
            fresh.setdefault(c.soft_id, c)
    here = await soft_apps.owed_of(tx, cell, fresh)
    owed = {c.soft_id: c.elsewhere_micros + here[c.soft_id] for c in fresh.values()}
    paid = {c.pay_out_id: owed[c.soft_id] for c in fresh.values() if owed[c.soft_id] > 0}
    paying = [c for c in fresh.values() if c.pay_out_id in paid]
    # 3. Save: the transfers, the balances, the apps' days.
    await ledger.insert_transfers(
        tx, now, cell, [share_pay_out(c.pay_out_id, c.soft_id, c.account_id, paid[c.pay_out_id]) for c in paying]
    )
    changes: Counter[int] = Counter()
    for c in paying:
        changes[c.account_id] += paid[c.pay_out_id]
    await ledger.change_balances(tx, cell, changes)
    days = [
        AppDay(soft_id=c.soft_id, day=now.date(), account_id=c.account_id, paid_out_micros=paid[c.pay_out_id])
        for c in paying
    ]
    await soft_apps.add_days(tx, cell, merged(days))
    await trail.record(tx, now, cell, [_told(c, paid[c.pay_out_id]) for c in paying])
    return [
        before.get(c.pay_out_id, paid.get(c.pay_out_id, 0))
        if c.account_id in balances
        else Refusal(Reason.UNKNOWN_ACCOUNT, f"there is no account {c.account_id}")
        for c in commands
    ]


def _told(command: PayOutShares, micros: int) -> TrailEntry | None:
    owed, after = {"owed_micros": micros}, {"owed_micros": 0, "account_id": command.account_id}
    return change_of(command.actor, Deed.SHARE_PAY_OUT, f"soft_app:{command.soft_id}", owed, after)
