"""People who have worked for two hours have a break: nothing new comes to them (docs/decisions/0079)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import load_desks, put_away
from manyeyes.dispatch.rules import WorkState
from manyeyes.workers.breaks import store as breaks

LARGEST_SWEEP = 200


class SendOnBreaks(msgspec.Struct, frozen=True):
    cell: int


class SentOnBreak(msgspec.Struct, frozen=True):
    """Who has a break now, or when they have ended what they look at; the queues that tasks went back to."""

    worker_ids: tuple[int, ...]
    queue_ids: tuple[int, ...]


async def send_on_breaks(tx: asyncpg.Connection, now: datetime, commands: Sequence[SendOnBreaks]) -> list[SentOnBreak]:
    """Return who was sent. What lies on their desks unseen goes back; what they look at they may still answer.

    Who looks at nothing is offline then, until they say that they are back.
    """
    cell = commands[0].cell
    people = await breaks.due(tx, now, cell, LARGEST_SWEEP)
    if not people:
        return [SentOnBreak((), ()) for _ in commands]
    desks = await load_desks(tx, cell, people)
    looking = {work.worker_id for work in desks.works() if work.state is WorkState.LEASED}
    back = await put_away(tx, now, cell, desks, {worker_id: worker_id not in looking for worker_id in people})
    sent = SentOnBreak(tuple(people), tuple(sorted({work.queue_id for work in back})))
    return [sent for _ in commands]
