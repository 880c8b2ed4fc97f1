"""Choose the thresholds of customers' recognitions, within the bounds that the operator set (docs/decisions/0087)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.threshold_bounds import refused_threshold
from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class ChooseThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """``task_id`` is a recognition under one of the customer's apps."""

    task_id: str
    threshold: float
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def choose_thresholds(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChooseThreshold]
) -> list[Recognition | Refusal]:
    """Set the thresholds, in the order in which they came; return each recognition as it then is.

    The bounds that count are those of now: the operator may have narrowed what somebody still looks at.
    """
    known = await recognitions.lock_recognitions(tx, sorted({c.task_id for c in commands}))
    entries, outcomes = [], list[Recognition | Refusal]()
    for c in commands:
        before = known.get(c.task_id)
        if before is None:
            outcomes.append(Refusal(Reason.UNKNOWN_RECOGNITION, "there is no such recognition of yours"))
        elif refusal := refused_threshold(before, c.threshold):
            outcomes.append(refusal)
        else:
            await recognitions.set_recognition(tx, c.task_id, threshold=c.threshold)
            after = known[c.task_id] = msgspec.structs.replace(before, threshold=c.threshold)
            outcomes.append(after)
            entries.append(change_of(c.actor, Deed.THRESHOLD_SET, f"recognition:{c.task_id}", before, after))
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
