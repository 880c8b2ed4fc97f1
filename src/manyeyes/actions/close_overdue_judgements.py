"""Close what reviewers were asked and nobody decided in time: the best there is stands, called uncertain."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import end_judgements, lock_panels_of
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JudgementState
from manyeyes.tasks import history

LARGEST_SWEEP = 200
UNDECIDED = (JudgementState.OPEN, JudgementState.LEASED, JudgementState.AHEAD)


class CloseOverdueJudgements(msgspec.Struct, frozen=True):
    """``patience_hours``: how long reviewers may take (the setting `judgement_patience_hours`)."""

    cell: int
    patience_hours: int


async def close_overdue_judgements(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CloseOverdueJudgements]
) -> list[int]:
    """Return how many judgements were looked at, `LARGEST_SWEEP` where there may be more.

    Nobody is paid for what is closed. An audit that nobody made tells nothing.
    """
    cell, filed_until = commands[0].cell, now - timedelta(hours=commands[0].patience_hours)
    overdue = await judgements.overdue(tx, cell, filed_until, LARGEST_SWEEP)
    if not overdue:
        return [0 for _ in commands]
    task_ids = sorted(set(overdue))
    waiting = await lock_panels_of(tx, cell, task_ids)
    found = await judgements.lock(tx, cell, task_ids)
    late = [j for j in found.values() if j.state in UNDECIDED and j.filed_at <= filed_until]
    closed = [msgspec.structs.replace(j, state=JudgementState.CLOSED) for j in late]
    await end_judgements(tx, now, cell, closed, waiting, await history.questions(tx, cell, task_ids))
    return [len(overdue) for _ in commands]
