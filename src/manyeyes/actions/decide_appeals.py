"""The operator's word on appeals: an accepted one pays the worker from the house; the customer keeps their refund."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.reports.appeals import store as appeals
from manyeyes.reports.appeals.store import Appeal
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class DecideAppeal(msgspec.Struct, frozen=True):
    """``task_id``: the appeal's number, which is the task's, or of one of several answers that answer's own.

    ``answer``: what the worker is told; may be empty.
    """

    cell: int
    task_id: int
    accepted: bool
    answer: str = ""
    actor: Actor = BY_ITSELF


class AppealDecided(msgspec.Struct, frozen=True):
    """``paid_micros``: what the worker got; 0 when it was rejected, or when they had not lost anything."""

    task_id: int
    worker_id: int
    accepted: bool
    paid_micros: int


async def decide_appeals(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[DecideAppeal]
) -> list[AppealDecided | Refusal]:
    """Return what became of each appeal. The same decision again changes nothing; another one is refused."""
    # 1. Load: the appeals, locked.
    cell = commands[0].cell
    found = await appeals.lock_appeals(tx, cell, sorted({c.task_id for c in commands}))
    said = {task_id: appeal.accepted for task_id, appeal in found.items() if appeal.decided_at}
    # 2. Decide: the first decision about an appeal stands.
    outcomes: list[AppealDecided | Refusal] = []
    decided: list[DecideAppeal] = []
    for command in commands:
        appeal = found.get(command.task_id)
        if appeal is None:
            outcomes.append(Refusal(Reason.UNKNOWN_REPORT, "there is no appeal about this task"))
            continue
        if said.setdefault(command.task_id, command.accepted) is not command.accepted:
            outcomes.append(Refusal(Reason.ALREADY_DECIDED, "the appeal is decided already, the other way"))
            continue
        if appeal.decided_at is None and command.task_id not in {d.task_id for d in decided}:
            decided.append(command)
        paid_micros = appeal.pay_micros if command.accepted else 0
        outcomes.append(AppealDecided(appeal.task_id, appeal.worker_id, command.accepted, paid_micros))
    # 3. Save: the decisions, and the pay of those that were accepted.
    await appeals.decide_appeals(tx, now, cell, [(d.task_id, d.accepted, d.answer) for d in decided])
    paid = [found[d.task_id] for d in decided if d.accepted and found[d.task_id].pay_micros]
    booked = [posting(TransferKind.APPEAL_PAY, a.task_id, a.worker_id, a.pay_micros) for a in paid]
    await ledger.insert_transfers(tx, now, cell, booked)
    sums: Counter[int] = Counter()
    for each in paid:
        sums[each.worker_id] += each.pay_micros
    await ledger.add_to_wallets(tx, cell, dict(sorted(sums.items())))
    await trail.record(tx, now, cell, [_told(d, found[d.task_id]) for d in decided])
    return outcomes


def _told(command: DecideAppeal, appeal: Appeal) -> TrailEntry | None:
    paid_micros = appeal.pay_micros if command.accepted else 0
    after = {"accepted": command.accepted, "answer": command.answer, "paid_micros": paid_micros}
    return change_of(command.actor, Deed.APPEAL_DECIDE, f"appeal:{command.task_id}", {"accepted": None}, after)
