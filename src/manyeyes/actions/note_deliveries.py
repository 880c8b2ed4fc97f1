"""Write down what came of tries to deliver: done, given up, or when to try again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import DeliveryState, TryResponse, judge
from manyeyes.webhooks.store import NotedTry


class NoteDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """``claim`` is the number under which it was tried; ``chance`` from 0 to 1 draws the jitter of the next try."""

    cell: int
    task_id: int
    claim: int
    answer: TryResponse
    milliseconds: int
    chance: float


async def note_deliveries(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[NoteDelivery]
) -> list[DeliveryState | None]:
    """Return the state that each delivery has now; None when there was nothing to note.

    That is so when it is closed already, or when a try failed whose claim was over: somebody else tries it. A late
    success counts, for it was delivered.
    """
    cell = commands[0].cell
    waiting = await webhooks.lock_waiting(tx, cell, sorted({c.task_id for c in commands}))
    noted: list[NotedTry] = []
    states: list[DeliveryState | None] = []
    for command in commands:
        row = waiting.get(command.task_id)
        is_delivered = 200 <= command.answer.status < 300
        if row is None or (row.claim != command.claim and not is_delivered):
            states.append(None)
            continue
        verdict = judge(command.answer, row.tries + 1 - row.tries_before, now, command.chance)
        noted.append(NotedTry(row.task_id, row.tries + 1, command.answer.status, command.milliseconds, verdict))
        states.append(verdict.state)
        del waiting[command.task_id]
    await webhooks.note(tx, now, cell, noted)
    return states
