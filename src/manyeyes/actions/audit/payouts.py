"""What payouts say that the ledger must say too, in the snapshot of the books."""

from collections import Counter
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.payouts import store as payouts
from manyeyes.payouts.rules import OPEN_STATES, PayoutState


class PayoutBooks(msgspec.Struct, frozen=True):
    """``requested``: the running sums of the book of requested payouts. ``pairs``: what must be equal, by payout."""

    requested: dict[tuple[int, int], int]
    pairs: list[tuple[str, str, dict[int, int], dict[int, int]]]


async def read_payout_books(db: asyncpg.Connection, cell: int, since: datetime) -> PayoutBooks:
    """Return what payouts ask, and what they asked, paid and gave back since an instant, each beside its postings."""
    found = await payouts.all_payouts(db, cell)
    requested: Counter[tuple[int, int]] = Counter()
    for each in found:
        if each.state in OPEN_STATES:
            requested[Book.REQUESTED, each.worker_id] += each.amount_micros
    asked = {p.payout_id: p.amount_micros for p in found if p.asked_at >= since}
    ended = [p for p in found if p.ended_at is not None and p.ended_at >= since]
    paid = {p.payout_id: p.amount_micros for p in ended if p.state is PayoutState.PAID}
    back = {p.payout_id: p.amount_micros for p in ended if p.state in (PayoutState.DECLINED, PayoutState.WITHDRAWN)}
    pairs = [
        ("payouts and what was set aside for them", asked, TransferKind.ASK_PAYOUT),
        ("paid payouts and what left for them", paid, TransferKind.PAY_OUT),
        ("payouts that came to nothing and what came back", back, TransferKind.RETURN_PAYOUT),
    ]
    booked = [(what, "payout", said, await ledger.amounts(db, cell, kind, since)) for what, said, kind in pairs]
    return PayoutBooks(dict(requested), booked)
