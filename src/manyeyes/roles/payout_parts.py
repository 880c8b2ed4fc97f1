"""A request to be paid out, and the parts that its cells give of it (docs/decisions/0078)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from manyeyes.payouts import store as payouts
from manyeyes.payouts.rules import PayoutState
from manyeyes.payouts.store import Payout
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal

CellPart = tuple[int, Payout]  # (cell, what it gives of a request)


class PayoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What one request's cells have in common, with the sum over those of one state: mostly all of them.

    ``shown``: the end of where the money is to go. ``words``: of a paid one the reference, of a declined one why.
    """

    request_id: int
    worker_id: int
    amount_micros: int
    state: PayoutState
    shown: str
    words: str
    asked_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None
    details: bytes


async def parts_of(context: Context, request_id: int) -> list[CellPart]:
    """Return what each cell gives of a request; nothing where there is none."""
    found: list[CellPart] = []
    for cell in context.cells.numbers:
        async with context.cells.pool(cell).acquire() as db:
            found += [(cell, payout) for payout in await payouts.of_request(db, cell, request_id)]
    return found


def grouped(found: Sequence[Payout]) -> list[PayoutRequest]:
    """Return cells' parts as requests: those of one number and one state together."""
    groups: dict[tuple[int, PayoutState, str], list[Payout]] = {}
    for payout in found:
        groups.setdefault((payout.request_id, payout.state, payout.words), []).append(payout)
    return [
        PayoutRequest(
            request_id=first.request_id,
            worker_id=first.worker_id,
            amount_micros=sum(each.amount_micros for each in (first, *others)),
            state=first.state,
            shown=first.shown,
            words=first.words,
            asked_at=first.asked_at,
            approved_at=first.approved_at,
            ended_at=first.ended_at,
            details=first.details,
        )
        for first, *others in groups.values()
    ]


def paid_together(found: Sequence[CellPart], words: str, seen_micros: int) -> list[CellPart] | Refusal:
    """Return the parts that one payment pays: those that are approved, and those that it paid before, by its words.

    ``seen_micros``: its amount, that of all of them or of those that are still approved; 0: it is not compared. What
    was declined, withdrawn or not approved yet, and what another payment paid, is none of its.
    """
    approved = [part for part in found if part[1].state is PayoutState.APPROVED]
    before = [part for part in found if part[1].state is PayoutState.PAID and part[1].words == words]
    request_id, states = found[0][1].request_id, sorted({payout.state for _, payout in found})
    if not approved and not before:
        said = " and ".join(state.name.lower() for state in states)
        return Refusal(Reason.ALREADY_DECIDED, f"request {request_id} is {said}")
    sums = {_sum(approved) or _sum(before), _sum([*approved, *before])}
    if seen_micros and seen_micros not in sums:
        return Refusal(Reason.PAYOUT_CHANGED, f"{money.text(min(sums))} of request {request_id} is approved")
    return [part for part in found if part in approved or part in before]


def _sum(parts: Sequence[CellPart]) -> int:
    return sum(payout.amount_micros for _, payout in parts)
