"""A request to be paid out goes on: approved, paid, declined or withdrawn; what is not paid becomes payable again."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Transfer, TransferKind, posting
from manyeyes.payouts import store as payouts
from manyeyes.payouts.rules import PayoutState, PayoutStep, state_after
from manyeyes.payouts.store import Payout
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal

_POSTED = {
    PayoutState.PAID: TransferKind.PAY_OUT,
    PayoutState.DECLINED: TransferKind.RETURN_PAYOUT,
    PayoutState.WITHDRAWN: TransferKind.RETURN_PAYOUT,
}
_DEEDS = {
    PayoutStep.APPROVE: Deed.PAYOUT_APPROVE,
    PayoutStep.MARK_PAID: Deed.PAYOUT_MARK_PAID,
    PayoutStep.DECLINE: Deed.PAYOUT_DECLINE,
    PayoutStep.WITHDRAW: Deed.PAYOUT_WITHDRAW,
}


class MovePayout(msgspec.Struct, frozen=True, kw_only=True):
    """``words``: the reference of a payment, or why it is declined. ``worker_id``: whose it must be; 0: anybody's."""

    cell: int
    request_id: int
    step: PayoutStep
    words: str = ""
    worker_id: int = 0
    actor: Actor = BY_ITSELF


async def move_payouts(tx: asyncpg.Connection, now: datetime, commands: Sequence[MovePayout]) -> list[Payout | Refusal]:
    """Return each payout as it is now. The same step again changes nothing; one that may not be taken is refused."""
    # 1. Load: what belongs to the requests, locked.
    cell = commands[0].cell
    found = await payouts.lock_requests(tx, cell, sorted({c.request_id for c in commands}))
    # 2. Decide, in the order in which the commands came.
    outcomes: list[Payout | Refusal] = []
    moved: dict[int, Payout] = {}
    entries: list[TrailEntry | None] = []
    for c in commands:
        outcome = _moved(now, found.get(c.request_id), c)
        if isinstance(outcome, Payout) and outcome is not found[c.request_id]:
            sides = _told(found[c.request_id]), _told(outcome)
            entries.append(change_of(c.actor, _DEEDS[c.step], f"payout:{c.request_id}", *sides))
            found[c.request_id] = moved[c.request_id] = outcome
        outcomes.append(outcome)
    # 3. Save: the payouts, what each that ended moves, the wallets that got something back, the trail.
    await payouts.save_steps(tx, cell, [moved[number] for number in sorted(moved)])
    posted = [_posted(payout) for payout in moved.values() if payout.state in _POSTED]
    await ledger.insert_transfers(tx, now, cell, posted)
    sums: Counter[int] = Counter()
    for each in posted:
        if each.kind is TransferKind.RETURN_PAYOUT:
            sums[each.worker_id] += each.amount_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))
    await trail.record(tx, now, cell, entries)
    return outcomes


def _moved(now: datetime, payout: Payout | None, command: MovePayout) -> Payout | Refusal:
    """Return the payout after the command; the same one where nothing changes."""
    if payout is None or command.worker_id not in (0, payout.worker_id):
        return Refusal(Reason.UNKNOWN_PAYOUT, f"there is no request {command.request_id} to be paid out")
    state = state_after(payout.state, command.step)
    is_repeated = state is payout.state
    if state is None or (is_repeated and command.words != payout.words):
        said = f"request {command.request_id} is {payout.state.name.lower()}"
        return Refusal(Reason.ALREADY_DECIDED, said)
    if is_repeated:
        return payout
    is_approved = state is PayoutState.APPROVED
    return msgspec.structs.replace(
        payout,
        state=state,
        words=command.words,
        approved_at=now if is_approved else payout.approved_at,
        ended_at=None if is_approved else now,
    )


def _told(payout: Payout) -> dict[str, object]:
    return {"state": payout.state.name.lower(), "words": payout.words}


def _posted(payout: Payout) -> Transfer:
    return posting(_POSTED[payout.state], payout.payout_id, payout.worker_id, payout.amount_micros)
