"""Apps and recognitions with results of any instants: raw rows, and the counters that their recording makes of them."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from make import Customer
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App, day_in, new_id
from manyeyes.house import House
from manyeyes.recognitions import store
from manyeyes.recognitions.durations import Measure, bucket
from manyeyes.recognitions.rules import FAILED, Recognition, ReviewState, is_overturned
from manyeyes.recognitions.spans import quarter

LABELS = '[[0, "normal"], [1, "qr code"], [2, "text"], [-2, "not for us"]]'
INSERT = """
INSERT INTO recognition (task_id, recognition_id, secret_id, name, recogniser, labels, threshold, queue_id,
                         sample_share, created_at)
VALUES ($1, $2, $3, $4, 'advertising', $5::text::jsonb, 0.9, 1, 0.02, now())"""


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
        return self.state is ReviewState.DECIDED and not self.refuted

    @property
    def is_overturned(self) -> bool:
        return self.is_reviewed and self.verdict is not None and is_overturned(self.label, self.rate, self.verdict)


async def open_app(house: House, customer: Customer, *, time_zone: str = "Asia/Shanghai", **given: Any) -> App:
    """Open an app of the customer's."""
    values = {"name": "Market place", "medium": "image", "public_key": None, "calls_per_second": 50, "suspended": False}
    app = App(
        secret_id=new_id(),
        cell=customer.cell,
        account_id=customer.account_id,
        time_zone=time_zone,
        **{**values, **given},
    )
    async with house.cells.directory.acquire() as db:
        await apps.insert_app(db, app)
    house.directory.forget()
    return app


async def open_recognition(house: House, app: App, name: str = "Advertising") -> Recognition:
    """Open a recognition of the app with a review queue."""
    task_id = new_id()
    async with house.cells.directory.acquire() as db:
        number = await db.fetchval("SELECT 1 + coalesce(max(recognition_id), 0) FROM recognition")
        await db.execute(INSERT, task_id, number, app.secret_id, name, LABELS)
        found = await store.recognition(db, task_id)
    house.directory.forget()
    assert found is not None
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
    known = {"at": at, "label": label, "rate": rate, "review": not is_certain, "milliseconds": milliseconds}
    if is_certain and rng.random() > 0.1:
        return Sighting(**known)
    state = rng.choices(list(ReviewState), (2, 7, 1))[0]
    if state is not ReviewState.DECIDED:
        return Sighting(**known, state=state)
    verdict = label if rng.random() < 0.7 else rng.choice((0, 1, 2, -2))
    seconds = rng.lognormvariate(3.5, 1)
    return Sighting(**known, state=state, verdict=verdict, refuted=rng.random() < 0.05, verdict_seconds=seconds)


async def record(
    house: House, app: App, recognition: Recognition, sightings: Sequence[Sighting], *, at_once: bool = False
) -> None:
    """Write results, what people said of them, and all that counts them; ``at_once``: at the transaction's instant."""
    serials = [await house.serials.take(app.cell) for _ in sightings]
    async with house.cells.pool(app.cell).acquire() as db, db.transaction():
        if at_once:
            now = await db.fetchval("SELECT now()")
            sightings = [msgspec.structs.replace(sighting, at=now) for sighting in sightings]
        await _rows(db, app, recognition, list(zip(serials, sightings, strict=True)))
        await _counters(db, app, recognition, sightings)


async def _rows(
    db: asyncpg.Connection, app: App, recognition: Recognition, numbered: Sequence[tuple[int, Sighting]]
) -> None:
    results, reviews = [], []
    for serial, s in numbered:
        task_id = 0 if s.state is None else serial + 1_000_000
        place = (app.cell, recognition.recognition_id, serial)
        results.append(
            (
                *(*place, serial, s.at, s.name, s.tag, s.uid, "", s.label, s.rate, 0.75, s.review, s.fault, None),
                *(s.milliseconds, task_id, 0),
            )
        )
        if s.state is not None:
            ended = s.at + timedelta(seconds=s.verdict_seconds) if s.state else None
            row = (
                app.cell,
                task_id,
                *place[1:],
                s.at,
                s.label,
                s.rate,
                not s.review,
                s.name,
                int(s.state),
                s.verdict,
                0,
            )
            reviews.append((*row, ended, s.refuted))
    await db.copy_records_to_table("recognition_result", records=results)
    await db.copy_records_to_table("recognition_review", records=reviews)


async def _counters(db: asyncpg.Connection, app: App, recognition: Recognition, sightings: Sequence[Sighting]) -> None:
    days: dict[tuple[Any, ...], Counter[str]] = {}
    quarters: dict[tuple[Any, ...], Counter[str]] = {}
    times = Counter[tuple[int, int, int]]()
    for s in sightings:
        day = days.setdefault((day_in(app.time_zone, s.at), s.label), Counter())
        day.update(total=1, review=s.review, reviewed=s.is_reviewed, overturned=s.is_overturned)
        kind = "failed" if s.label == FAILED else "uncertain" if s.review else "certain"
        of = quarters.setdefault((quarter(s.at),), Counter())
        of.update({kind: 1}, asked=s.state is not None, reviewed=s.is_reviewed, overturned=s.is_overturned)
        of.update(undecided=s.state is ReviewState.UNDECIDED or s.refuted)
        times[quarter(s.at), Measure.LATENCY, bucket(s.milliseconds)] += 1
        if s.state is ReviewState.DECIDED:
            times[quarter(s.at), Measure.VERDICT, bucket(s.verdict_seconds * 1000)] += 1
    place = (app.cell, recognition.recognition_id)
    for table, counted in (("recognition_day", days), ("recognition_quarter", quarters)):
        await _add(db, table, KEYS[table], COLUMNS[table], {(*place, *key): count for key, count in counted.items()})
    counts = {(*place, *key): Counter(times=n) for key, n in times.items()}
    await _add(db, "recognition_time", KEYS["recognition_time"], ("times",), counts)


async def _add(
    db: asyncpg.Connection, table: str, key: str, columns: tuple[str, ...], counts: dict[tuple[Any, ...], Counter[str]]
) -> None:
    """Add to counters, sorted as every recorder does."""
    rows = [(*where, *(int(count[column]) for column in columns)) for where, count in sorted(counts.items())]
    places = ", ".join(f"${n + 1}" for n in range(len(key.split(",")) + len(columns)))
    sums = ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in columns)
    await db.executemany(
        f"INSERT INTO {table} ({key}, {', '.join(columns)}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET {sums}",
        rows,
    )


KEYS = {
    "recognition_day": "cell, recognition_id, day, label",
    "recognition_quarter": "cell, recognition_id, quarter",
    "recognition_time": "cell, recognition_id, quarter, measure, bucket",
}
COLUMNS = {
    "recognition_day": ("total", "review", "reviewed", "overturned"),
    "recognition_quarter": ("certain", "uncertain", "failed", "asked", "reviewed", "overturned", "undecided"),
}
