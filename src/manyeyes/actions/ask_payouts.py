"""Workers ask to be paid out: the money leaves what is payable at once, so that nothing is asked for twice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.payouts import store as payouts
from manyeyes.payouts.rules import PayoutState
from manyeyes.payouts.store import Payout
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class AskPayout(msgspec.Struct, frozen=True, kw_only=True):
    """What a cell is to give of a request. ``payout_id`` and ``request_id`` are numbers taken beforehand.

    ``ask_key``: asked again with the same one, a worker gets what they asked for first. ``details``: sealed.
    """

    cell: int
    payout_id: int
    request_id: int
    worker_id: int
    ask_key: bytes
    amount_micros: int
    shown: str
    details: bytes
    actor: Actor = BY_ITSELF


async def ask_payouts(tx: asyncpg.Connection, now: datetime, commands: Sequence[AskPayout]) -> list[Payout | Refusal]:
    """Return each payout as it is kept; refused where a worker has less than that payable (docs/decisions/0078)."""
    # 1. Load: the wallets, locked; then what was asked for with these keys, which nobody can add to any more.
    cell = commands[0].cell
    payable = await ledger.lock_wallets(tx, cell, sorted({c.worker_id for c in commands}))
    known = await payouts.asked_before(tx, cell, [(c.worker_id, c.ask_key) for c in commands])
    # 2. Decide, in the order in which the commands came.
    outcomes: list[Payout | Refusal] = []
    asked: list[Payout] = []
    entries: list[TrailEntry | None] = []
    for c in commands:
        key = (c.worker_id, c.ask_key)
        if key not in known and payable.get(c.worker_id, 0) < c.amount_micros:
            outcomes.append(Refusal(Reason.PAYOUT_TOO_LARGE, "there is less than that to be paid out"))
            continue
        if key not in known:
            known[key] = _new(now, c)
            asked.append(known[key])
            payable[c.worker_id] -= c.amount_micros
            entries.append(change_of(c.actor, Deed.PAYOUT_ASK, f"payout:{c.request_id}", None, _told(known[key])))
        outcomes.append(known[key])
    # 3. Save: the payouts, their transfers, the wallets, the trail.
    await payouts.insert_payouts(tx, now, cell, asked)
    moved = [posting(TransferKind.ASK_PAYOUT, p.payout_id, p.worker_id, p.amount_micros) for p in asked]
    await ledger.insert_transfers(tx, now, cell, moved)
    sums: Counter[int] = Counter()
    for payout in asked:
        sums[payout.worker_id] += payout.amount_micros
    await ledger.take_from_wallets(tx, cell, dict(sorted(sums.items())))
    await trail.record(tx, now, cell, entries)
    return outcomes


def _told(payout: Payout) -> dict[str, object]:
    """Return what the trail says of a request: where the money goes as it is shown, never in full."""
    return {"worker_id": payout.worker_id, "amount_micros": payout.amount_micros, "to": payout.shown}


def _new(now: datetime, command: AskPayout) -> Payout:
    return Payout(
        payout_id=command.payout_id,
        request_id=command.request_id,
        worker_id=command.worker_id,
        ask_key=command.ask_key,
        amount_micros=command.amount_micros,
        state=PayoutState.REQUESTED,
        shown=command.shown,
        details=command.details,
        words="",
        asked_at=now,
        approved_at=None,
        ended_at=None,
    )
