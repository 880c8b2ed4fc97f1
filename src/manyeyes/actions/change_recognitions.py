"""Change recognitions' terms; what was recognised keeps its own."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.threshold_bounds import refused_bounds
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.pool import DIRECTORY
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal

UNKNOWN = Refusal(Reason.UNKNOWN_RECOGNITION, "there is no such recognition")


class ChangeRecognition(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a term as it is. ``bounds``: of the threshold that the customer may choose; empty: none."""

    task_id: str
    threshold: float | None = None
    queue_id: int | None = None
    sample_share: float | None = None
    review_seconds: int | None = None
    review_url: str | None = None
    price_micros: int | None = None
    closed: bool | None = None
    terms: PeopleTerms | None = None
    bounds: tuple[float, ...] | None = None
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def change_recognitions(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ChangeRecognition]
) -> list[Recognition | Refusal]:
    """Change the recognitions, in the order in which the changes came; return each as it then is.

    The customer may have chosen another threshold meanwhile: one that the new bounds leave outside is refused.
    """
    known = await recognitions.lock_recognitions(tx, sorted({c.task_id for c in commands}))
    entries, outcomes = [], list[Recognition | Refusal]()
    for c in commands:
        terms = {name: value for name, value in msgspec.structs.asdict(c).items() if value is not None}
        for name in ("cell", "task_id", "actor"):
            del terms[name]
        before = known.get(c.task_id)
        after = msgspec.structs.replace(before, **terms) if before else None
        refusal = refused_bounds(after) if after else UNKNOWN
        if before is None or after is None or refusal:
            outcomes.append(refusal or UNKNOWN)
            continue
        await recognitions.set_recognition(tx, c.task_id, terms.pop("terms", None), **terms)
        known[c.task_id] = after
        outcomes.append(after)
        entries.append(change_of(c.actor, Deed.RECOGNITION_SET, f"recognition:{c.task_id}", before, after))
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
