"""Named queries of recognitions and their counters → frozen values."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, read_one, values
from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, merged
from manyeyes.recognitions.rules import Label, Recognition
from manyeyes.values.refusals import Reason, Refusal

SQL = Queries(__package__)
CALL_REPEATED = Refusal(Reason.CALL_REPEATED, "this timestamp and nonce came before, with another request")
CALL_COLUMNS = ("secret_id", "triple", "call_id", "digest", "answer")
_labels = msgspec.json.Decoder(tuple[Label, ...])


class DayCount(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Results of one day and label; ``label`` -1 counts what failed. People's part is ``reviewed``, ``overturned``."""

    day: date
    label: int
    total: int
    review: int
    reviewed: int
    overturned: int


class StoredCall(msgspec.Struct, frozen=True):
    """A signed call that was answered. ``triple``, ``digest``: SHA-256 of its timestamp and nonce, of what it asked."""

    secret_id: str
    triple: bytes
    call_id: int
    digest: bytes
    answer: str


class RecognitionResult(msgspec.Struct, frozen=True, kw_only=True):
    """A picture or frame under one recognition. ``label`` -1: it failed, and ``fault`` says why.

    ``milliseconds``: from the call's arrival to its answer. ``task_id``: what a person is asked; 0: nobody is.
    """

    recognition_id: int
    result_id: int
    call_id: int
    at: datetime
    name: str
    tag: str
    uid: str
    sequence_id: str
    label: int
    rate: float
    threshold: float
    review: bool
    fault: str
    details: dict[str, Any] | None
    milliseconds: int
    task_id: int
    charged_micros: int


class NewReview(msgspec.Struct, frozen=True, kw_only=True):
    """A result that a person is asked about; ``label`` and ``rate`` are the recogniser's, ``asked_at`` the result's.

    ``day``: of the result in the app's time zone. ``threshold``, ``sample_share``: the recognition's as they were then.
    """

    task_id: int
    recognition_id: int
    result_id: int
    asked_at: datetime
    day: date
    label: int
    rate: float
    threshold: float
    sample_share: float
    sampled: bool
    name: str


class LabelDay(msgspec.Struct, frozen=True):
    """A day's results by label: ``totals`` and ``reviews`` stand beside ``labels``, which ascend; -1 is what failed."""

    day: date
    labels: list[int]
    totals: list[int]
    reviews: list[int]


async def recognitions_of(db: asyncpg.Connection, secret_id: str | None = None) -> list[Recognition]:
    """Return an app's recognitions, closed ones too, the oldest first; those of all apps when none is named."""
    return read(Recognition, await db.fetch(SQL.recognitions_of, secret_id), labels=_labels.decode, terms=_terms)


async def recognition(db: asyncpg.Connection, task_id: str) -> Recognition | None:
    """Return a recognition by the wire's taskId; None when there is none."""
    return read_one(Recognition, await db.fetchrow(SQL.recognition, task_id), labels=_labels.decode, terms=_terms)


async def lock_recognitions(tx: asyncpg.Connection, task_ids: Sequence[str]) -> dict[str, Recognition]:
    """Return those of the recognitions that exist, by the wire's taskId, locked until they are changed."""
    rows = await tx.fetch(SQL.lock_recognitions, task_ids)
    return {each.task_id: each for each in read(Recognition, rows, labels=_labels.decode, terms=_terms)}


async def insert_recognition(db: asyncpg.Connection, new: Recognition) -> None:
    """Open a recognition; its number comes from the counter "recognition"."""
    given = values(
        new,
        *("task_id", "recognition_id", "secret_id", "name", "recogniser", "model", "labels", "threshold", "queue_id"),
        *("sample_share", "review_seconds", "review_url", "price_micros", "closed", "terms", "bounds"),
        labels=lambda recognition: msgspec.json.encode(recognition.labels).decode(),
        terms=lambda recognition: _kept(recognition.terms),
    )
    await db.execute(SQL.insert_recognition, *given)


async def set_recognition(
    db: asyncpg.Connection,
    task_id: str,
    people: PeopleTerms | None = None,
    /,
    bounds: Sequence[float] | None = None,
    **terms: float | int | str | bool | None,
) -> bool:
    """Change the given terms of a recognition (the columns' names); return whether it exists.

    ``people``: how many look at what is uncertain; ``bounds``: of the threshold; None leaves them as they are.
    """
    names = ("threshold", "queue_id", "sample_share", "review_seconds", "review_url", "price_micros", "closed")
    assert not set(terms) - set(names)
    given = [*(terms.get(name) for name in names), _kept(people), bounds]
    return await db.fetchval(SQL.set_recognition, task_id, *given) is not None


async def label_days(db: asyncpg.Connection, cell: int, recognition_id: int, first: date, last: date) -> list[LabelDay]:
    """Return what the statistics call tells of the days from ``first`` to ``last``, both included.

    One row per day: eleven thousand rows of a year with thirty labels would cost more to carry than to count.
    """
    return read(LabelDay, await db.fetch(SQL.label_days, cell, recognition_id, first, last))


async def days(db: asyncpg.Connection, cell: int, recognition_id: int, first: date, last: date) -> list[DayCount]:
    """Return the counts of the days from ``first`` to ``last``, both included, by day and label."""
    return read(DayCount, await db.fetch(SQL.days, cell, recognition_id, first, last))


async def replay(
    db: asyncpg.Connection, cell: int, keys: Sequence[tuple[str, bytes, bytes]]
) -> list[str | Refusal | None]:
    """Return for each (secretId, triple, digest) what was answered before; None: nothing was.

    It is the refusal CALL_REPEATED where the same timestamp and nonce came with something else to do.
    """
    known = await calls(db, cell, [(secret_id, triple) for secret_id, triple, _ in keys])
    return [_replayed(known.get((secret_id, triple)), digest) for secret_id, triple, digest in keys]


def _replayed(call: StoredCall | None, digest: bytes) -> str | Refusal | None:
    if call is None:
        return None
    return call.answer if call.digest == digest else CALL_REPEATED


async def calls(
    db: asyncpg.Connection, cell: int, keys: Sequence[tuple[str, bytes]]
) -> dict[tuple[str, bytes], StoredCall]:
    """Return those of the calls that were answered before, by (secretId, triple)."""
    if not keys:
        return {}
    rows = await db.fetch(SQL.calls, cell, *zip(*keys, strict=True))
    return {(call.secret_id, call.triple): call for call in read(StoredCall, rows)}


async def stored_results(tx: asyncpg.Connection, cell: int, keys: Sequence[tuple[int, int]]) -> set[int]:
    """Return the result_ids of those of the (recognition_id, result_id) that are stored."""
    if not keys:
        return set()
    return {row["result_id"] for row in await tx.fetch(SQL.stored_results, cell, *zip(*keys, strict=True))}


async def insert_calls(tx: asyncpg.Connection, at: datetime, cell: int, rows: Sequence[StoredCall]) -> None:
    """Keep answers for re-sends. Raises asyncpg.UniqueViolationError when one of the calls was answered before."""
    if rows:
        await tx.execute(SQL.insert_calls, cell, at, *columns(rows, *CALL_COLUMNS))


async def claim_call(tx: asyncpg.Connection, at: datetime, cell: int, call: StoredCall) -> bool:
    """Store a call unless it is stored already; return whether it was new."""
    return await tx.fetchval(SQL.claim_call, cell, at, *values(call, *CALL_COLUMNS)) is not None


async def delete_old_calls(tx: asyncpg.Connection, cell: int, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` calls that were answered before an instant; return how many."""
    return len(await tx.fetch(SQL.delete_old_calls, cell, before, limit))


async def insert_results(
    tx: asyncpg.Connection, cell: int, rows: Sequence[RecognitionResult], seconds: float | None = None
) -> None:
    """Store results; with ``seconds`` as its own limit the statement goes by itself.

    Raises asyncpg.UniqueViolationError when one of them is stored.
    """
    if rows:
        found = columns(
            rows,
            *("recognition_id", "result_id", "call_id", "at", "name", "tag", "uid", "sequence_id", "label", "rate"),
            *("threshold", "review", "fault", "details", "milliseconds", "task_id", "charged_micros"),
            details=_details_json,
        )
        await tx.execute(SQL.insert_results, cell, *found, timeout=seconds)


async def insert_reviews(tx: asyncpg.Connection, cell: int, rows: Sequence[NewReview]) -> None:
    """Store what people are asked. Raises asyncpg.UniqueViolationError when one of the tasks is stored."""
    if rows:
        found = columns(
            rows,
            *("task_id", "recognition_id", "result_id", "asked_at", "day", "label", "rate", "threshold"),
            *("sample_share", "sampled", "name"),
        )
        await tx.execute(SQL.insert_reviews, cell, *found)


async def add_days(tx: asyncpg.Connection, cell: int, changes: Iterable[DayChange]) -> None:
    """Add to the counts by day and label."""
    if rows := merged(changes):
        found = columns(rows, "recognition_id", "day", "label", "total", "review", "reviewed", "overturned")
        await tx.execute(SQL.add_days, cell, *found)


async def add_quarters(tx: asyncpg.Connection, cell: int, changes: Iterable[QuarterChange]) -> None:
    """Add to the counts by quarter of an hour."""
    if rows := merged(changes):
        found = columns(
            rows,
            *("recognition_id", "quarter", "certain", "uncertain", "failed", "asked", "reviewed", "overturned"),
            "undecided",
        )
        await tx.execute(SQL.add_quarters, cell, *found)


async def add_times(tx: asyncpg.Connection, cell: int, changes: Iterable[TimeChange]) -> None:
    """Add to the histograms of durations."""
    if rows := merged(changes):
        found = columns(rows, "recognition_id", "quarter", "measure", "bucket", "times")
        await tx.execute(SQL.add_times, cell, *found)


def _details_json(result: RecognitionResult) -> str | None:
    return None if result.details is None else msgspec.json.encode(result.details).decode()


def _kept(terms: PeopleTerms | None) -> str | None:
    return None if terms is None else msgspec.json.encode(terms).decode()


def _terms(kept: str | None) -> PeopleTerms | None:
    return None if kept is None else msgspec.json.decode(kept, type=PeopleTerms)
