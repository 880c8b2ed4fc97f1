"""From which rate on a model's answer stands: what verdicts say of it, what it costs, and a customer's choice of it."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from manyeyes.actions.choose_thresholds import ChooseThreshold, choose_thresholds
from manyeyes.consensus.terms import ONE_ANSWER
from manyeyes.recognitions import reviews
from manyeyes.recognitions.calibration import DAYS, TARGET, Calibration, ReviewVerdict, calibrate
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.customer.recognitions import Owned
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal

PICTURES = 1_000  # that a cost is told of
CURVE_SECONDS = 60.0  # a curve of 90 days may be as old


async def calibration_of(context: Context, of: Owned, target: float = TARGET) -> Calibration:
    """Return what people's verdicts of the last days prove, as it was within `CURVE_SECONDS`.

    What is kept is the curve, not the verdicts that it was drawn from: these are up to a hundred thousand.
    """
    key = of.recognition.recognition_id, target
    return await context.lookups.cached("calibration", key, CURVE_SECONDS, lambda: calibration_now(context, of, target))


async def calibration_now(context: Context, of: Owned, target: float) -> Calibration:
    """Return what people's verdicts of the last days prove now."""

    async def read(db: asyncpg.Connection) -> list[ReviewVerdict]:
        since = datetime.now(UTC) - timedelta(days=DAYS)
        return await reviews.verdicts(db, of.app.cell, of.recognition.recognition_id, since)

    said = await read_patiently(context.cells.pool(of.app.cell), read)
    return await asyncio.to_thread(calibrate, said, target)


def cost_micros(recognition: Recognition, queue: QueueTerms | None, certain_share: float) -> int:
    """Return what a thousand pictures cost at most, where this share of them is certain: the model and people.

    Bids that a full queue asks for come on top; ``queue`` None: nobody looks.
    """
    looked_at = 1 - certain_share + certain_share * recognition.sample_share
    people = (recognition.terms or queue.default_terms or ONE_ANSWER).most_micros(queue.price_micros) if queue else 0
    return round(PICTURES * (recognition.price_micros + looked_at * people))


async def choose_threshold(context: Context, of: Owned, threshold: float, actor: Actor) -> Recognition | Refusal:
    """Set the threshold within the operator's bounds of now; every process follows within seconds."""
    command = ChooseThreshold(task_id=of.recognition.task_id, threshold=threshold, actor=actor)
    outcome = await context.batcher.ask(choose_thresholds, command)
    if isinstance(outcome, Recognition):
        await context.notifier.tell_changed()
        context.lookups.forget()
    return outcome
