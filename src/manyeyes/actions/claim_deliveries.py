"""Take deliveries that are due: for one process, for half a minute."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.recognitions import reviews
from manyeyes.recognitions.reviews import DecidedReview
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks
from manyeyes.tasks.store import TaskOutcome
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import CLAIM_SECONDS, TASK_FINISHED, pick, signing_generations
from manyeyes.webhooks.store import Claim


class ClaimDeliveries(msgspec.Struct, frozen=True):
    """``flying``: (account, receiver) of what this process tries at this moment; ``room``: for how many more."""

    cell: int
    room: int
    flying: tuple[tuple[int, str], ...] = ()


class Claimed(msgspec.Struct, frozen=True):
    """A delivery to try, with what it tells; ``generations`` of its account's secret sign it, at ``at``.

    ``verdict``: what the task's answer says about a recogniser's result; None when that is not what it was for.
    ``outcome`` None: it tells an event, of which it is read what is then so.
    """

    claim: Claim
    outcome: TaskOutcome | None
    generations: tuple[int, ...]
    at: datetime
    verdict: DecidedReview | None = None


async def claim_deliveries(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ClaimDeliveries]
) -> list[list[Claimed]]:
    """Return what each command's process may try now.

    A claim that is not noted in time is due again: whoever had it died, and may or may not have delivered it.
    """
    return [await _claim(tx, now, command) for command in commands]


async def _claim(tx: asyncpg.Connection, now: datetime, command: ClaimDeliveries) -> list[Claimed]:
    cell = command.cell
    picked = pick(await webhooks.due(tx, now, cell), command.flying, command.room)
    if not picked:
        return []
    claims = await webhooks.claim(tx, now, cell, picked, now + timedelta(seconds=CLAIM_SECONDS))
    outcomes = await tasks.progress(tx, cell, [(c.account_id, c.task_id) for c in claims])
    reviewed = await reviews.decided(tx, cell, [c.task_id for c in claims])
    own = await history.own_tasks(tx, cell, [c.task_id for c in claims if not c.event])
    claims = [_named(claim) if claim.task_id in own else claim for claim in claims]
    rotations = await webhooks.rotations(tx, cell, sorted({c.account_id for c in claims}))
    return [
        Claimed(
            claim,
            outcome if isinstance(outcome, TaskOutcome) and not claim.event else None,
            tuple(signing_generations(*rotations[claim.account_id], now)),
            now,
            reviewed.get(claim.task_id),
        )
        for claim, outcome in zip(claims, outcomes, strict=True)
        if isinstance(outcome, TaskOutcome) or claim.event
    ]


def _named(claim: Claim) -> Claim:
    """Return the delivery of the end of a task of /v1 as the event that it is there."""
    return msgspec.structs.replace(claim, event=TASK_FINISHED, subject_id=claim.task_id)
