"""Apps and recognitions with results of any instants: raw rows, and the counters that their recording makes of them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App, day_in, new_id
from manyeyes.recognitions import store
from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, quarter
from manyeyes.recognitions.duration_histograms import Measure, bucket
from manyeyes.recognitions.rules import FAILED, Recognition, ReviewState, is_overturned, labels
from manyeyes.recognitions.store import NewReview, RecognitionResult
from manyeyes.runtime.context import Context
from support.factories import Customer

THRESHOLD = 0.75


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A result and, where ``state`` is given, what became of asking a person ``verdict_seconds`` later."""

    at: datetime
    name: str = "https://pictures.example/1.png"
    tag: str = ""
    uid: str = ""
    label: int = 0
    rate: float = 0.97
    review: bool = False
    fault: str = ""
    milliseconds: int = 80
    state: ReviewState | None = None
    verdict: int | None = None
    refuted: bool = False
    verdict_seconds: float = 30.0

    @property
    def is_reviewed(self) -> bool:
        """Tell whether a person gave a verdict that was not refuted."""
        return self.state is ReviewState.DECIDED and not self.refuted

    @property
    def is_overturned(self) -> bool:
        """Tell whether such a verdict differs from the result."""
        return self.is_reviewed and self.verdict is not None and is_overturned(self.label, self.rate, self.verdict)


async def open_app(context: Context, customer: Customer, *, time_zone: str = "Asia/Shanghai", **given: Any) -> App:
    """Open an app of the customer's."""
    values = {"name": "Market place", "medium": "image", "public_key": None, "calls_per_second": 50, "suspended": False}
    app = App(
        secret_id=new_id(),
        cell=customer.cell,
        account_id=customer.account_id,
        time_zone=time_zone,
        **{**values, **given},
    )
    async with context.cells.directory.acquire() as db:
        await apps.insert_app(db, app)
    context.lookups.forget()
    return app


async def open_recognition(context: Context, app: App, name: str = "Advertising") -> Recognition:
    """Open a recognition of the app with a review queue."""
    async with context.cells.directory.acquire() as db:
        found = Recognition(
            task_id=new_id(),
            recognition_id=await accounts.take_numbers(db, "recognition", 1),
            secret_id=app.secret_id,
            name=name,
            recogniser="advertising",
            model="",
            labels=labels("0=normal,1=qr code,2=text,-2=not for us"),
            threshold=0.9,
            queue_id=1,
            sample_share=0.02,
            review_seconds=86_400,
            review_url="",
            price_micros=0,
            closed=False,
        )
        await store.insert_recognition(db, found)
    context.lookups.forget()
    return found


def some(rng: random.Random, number: int, start: datetime, end: datetime) -> list[Sighting]:
    """Return results of random instants in ``[start, end)``: of every kind, sampled and refuted ones too."""
    return [_one(rng, start + rng.random() * (end - start)) for _ in range(number)]


def _one(rng: random.Random, at: datetime) -> Sighting:
    milliseconds = int(rng.lognormvariate(4.5, 0.6))
    if rng.random() < 0.03:
        fault = "the picture ends too early"
        return Sighting(at=at, label=FAILED, rate=0.0, fault=fault, milliseconds=milliseconds)
    label, rate = rng.choices((0, 1, 2), (60, 10, 30))[0], rng.betavariate(9, 1)
    is_certain = rate >= 0.75
    known: dict[str, Any] = {
        "at": at,
        "label": label,
        "rate": rate,
        "review": not is_certain,
        "milliseconds": milliseconds,
    }
    if is_certain and rng.random() > 0.1:
        return Sighting(**known)
    state = rng.choices(list(ReviewState), (2, 7, 1))[0]
    if state is not ReviewState.DECIDED:
        return Sighting(**known, state=state)
    verdict = label if rng.random() > 0.6 * (1 - rate) else rng.choice((0, 1, 2, -2))
    seconds = rng.lognormvariate(3.5, 1)
    return Sighting(**known, state=state, verdict=verdict, refuted=rng.random() < 0.05, verdict_seconds=seconds)


async def record(
    context: Context, app: App, recognition: Recognition, sightings: Sequence[Sighting], *, at_once: bool = False
) -> None:
    """Write results, what people said of them, and all that counts them; ``at_once``: at the transaction's instant."""
    id_blocks = [await context.id_blocks.take(app.cell) for _ in sightings]
    async with context.cells.pool(app.cell).acquire() as db, db.transaction():
        if at_once:
            now = await db.fetchval("SELECT now()")
            sightings = [msgspec.structs.replace(sighting, at=now) for sighting in sightings]
        await _rows(db, app, recognition, list(zip(id_blocks, sightings, strict=True)))
        await _counters(db, app, recognition, sightings)


async def _rows(
    db: asyncpg.Connection, app: App, recognition: Recognition, numbered: Sequence[tuple[int, Sighting]]
) -> None:
    results = [_result(recognition, serial, s) for serial, s in numbered]
    asked = [(result, s) for result, (_, s) in zip(results, numbered, strict=True) if s.state is not None]
    await store.insert_results(db, app.cell, results)
    await store.insert_reviews(db, app.cell, [_review(app, result, s) for result, s in asked])
    await db.executemany(
        "UPDATE recognition_review SET state = $3, verdict = $4, ended_at = $5, refuted = $6 "
        "WHERE cell = $1 AND task_id = $2",
        [(app.cell, result.task_id, s.state, s.verdict, _ended(s), s.refuted) for result, s in asked],
    )


def _result(recognition: Recognition, serial: int, s: Sighting) -> RecognitionResult:
    return RecognitionResult(
        recognition_id=recognition.recognition_id,
        result_id=serial,
        call_id=serial,
        at=s.at,
        name=s.name,
        tag=s.tag,
        uid=s.uid,
        sequence_id="",
        label=s.label,
        rate=s.rate,
        threshold=THRESHOLD,
        review=s.review,
        fault=s.fault,
        details=None,
        milliseconds=s.milliseconds,
        task_id=0 if s.state is None else serial + 1_000_000,
        charged_micros=0,
    )


def _review(app: App, result: RecognitionResult, s: Sighting) -> NewReview:
    return NewReview(
        task_id=result.task_id,
        recognition_id=result.recognition_id,
        result_id=result.result_id,
        asked_at=result.at,
        day=day_in(app.time_zone, result.at),
        label=result.label,
        rate=result.rate,
        threshold=THRESHOLD,
        sample_share=0.1,
        sampled=not result.review,
        name=result.name,
    )


def _ended(s: Sighting) -> datetime | None:
    return s.at + timedelta(seconds=s.verdict_seconds) if s.state else None


async def _counters(db: asyncpg.Connection, app: App, recognition: Recognition, sightings: Sequence[Sighting]) -> None:
    number = recognition.recognition_id
    await store.add_days(db, app.cell, [_day(app, number, s) for s in sightings])
    await store.add_quarters(db, app.cell, [_quarter(number, s) for s in sightings])
    latencies = [TimeChange(number, quarter(s.at), Measure.LATENCY, bucket(s.milliseconds)) for s in sightings]
    verdicts = [
        TimeChange(number, quarter(s.at), Measure.VERDICT, bucket(s.verdict_seconds * 1000))
        for s in sightings
        if s.state is ReviewState.DECIDED
    ]
    await store.add_times(db, app.cell, [*latencies, *verdicts])


def _day(app: App, number: int, s: Sighting) -> DayChange:
    day = day_in(app.time_zone, s.at)
    return DayChange(
        recognition_id=number,
        day=day,
        label=s.label,
        total=1,
        review=int(s.review),
        reviewed=int(s.is_reviewed),
        overturned=int(s.is_overturned),
    )


def _quarter(number: int, s: Sighting) -> QuarterChange:
    failed = s.label == FAILED
    return QuarterChange(
        recognition_id=number,
        quarter=quarter(s.at),
        certain=int(not failed and not s.review),
        uncertain=int(s.review),
        failed=int(failed),
        asked=int(s.state is not None),
        reviewed=int(s.is_reviewed),
        overturned=int(s.is_overturned),
        undecided=int(s.state is ReviewState.UNDECIDED or s.refuted),
    )
