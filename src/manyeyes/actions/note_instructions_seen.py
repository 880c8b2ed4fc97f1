"""Keep that workers went past a question's instructions; what they look at of it gets its lease's time once more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import save_looks
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.rules import WorkState
from manyeyes.tasks import question_store as questions


class NoteInstructionsSeen(msgspec.Struct, frozen=True):
    cell: int
    worker_id: int
    question_id: int


async def note_instructions_seen(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[NoteInstructionsSeen]
) -> list[None]:
    """Return nothing for each. Only the first time counts, so that no lease is renewed by it twice."""
    cell = commands[0].cell
    desks = await load_desks(tx, cell, [c.worker_id for c in commands])
    told = await questions.explained(tx, cell, sorted({(c.worker_id, c.question_id) for c in commands}))
    unread = {key for key, seen in told.items() if not seen}
    shown = [
        work
        for work in desks.works()
        if work.state is WorkState.LEASED
        and (work.worker_id, work.question_id) in unread
        and work.lease_until is not None
        and work.lease_until > now
    ]
    longer = {w.task_id: desks.looks.lengthen(w, now + timedelta(seconds=w.lease_seconds), now) for w in shown}
    await dispatch.promote(tx, now, cell, longer)
    await save_looks(tx, cell, desks.looks)
    await questions.note_seen(tx, now, cell, sorted(unread))
    return [None] * len(commands)
