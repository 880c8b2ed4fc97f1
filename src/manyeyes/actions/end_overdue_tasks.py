"""Tasks that nobody finished in their longest life: ended as unsolvable on the wire, released and not charged."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.actions.shared.panel_ends import ClosedSeat, end_works, seats_of
from manyeyes.actions.shared.task_endings import EndedWork
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import TURN_UNIT
from manyeyes.panels.rules import SeatEnd
from manyeyes.tasks.rules import Ending

LARGEST_SWEEP = 500


class EndOverdueTasks(msgspec.Struct, frozen=True):
    """``seed``: chance, for the audits by lot of what is decided so; empty: none is drawn."""

    cell: int
    seed: bytes = b""


async def end_overdue_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[EndOverdueTasks]) -> list[int]:
    """Return how many tasks ended (docs/decisions/0025#life)."""
    cell = commands[0].cell
    overdue = await dispatch.lock_overdue(tx, now, cell, LARGEST_SWEEP)
    if overdue:
        own, seats = seats_of(overdue)
        ended, closed = [EndedWork(w, Ending.UNANSWERED) for w in own], [ClosedSeat(w, SeatEnd.OVERDUE) for w in seats]
        await end_works(tx, now, cell, ended, closed, seed=commands[0].seed)
        terms = await accounts.terms(tx, cell, sorted({work.account_id for work in overdue}))
        counts = Counter((work.account_id, work.queue_id) for work in overdue)
        steps = {key: n * (TURN_UNIT // terms[key[0]].weight) for key, n in counts.items()}
        await dispatch.turn_back(tx, cell, steps)
    return [len(overdue) for _ in commands]
