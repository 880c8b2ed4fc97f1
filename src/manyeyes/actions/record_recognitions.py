"""Record what recognitions found: results, counts, the charge, what people are asked, and the answer for a re-send."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.actions.shared.price_bounds import beyond_balance
from manyeyes.actions.shared.task_admission import NewTask, Purses, enter, open_purses, prices, save_entered
from manyeyes.apps.rules import App, day_in
from manyeyes.dispatch.store import Entering
from manyeyes.ledger.rules import Transfer, TransferKind, posting
from manyeyes.recognitions import store
from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, quarter
from manyeyes.recognitions.duration_histograms import Measure, bucket
from manyeyes.recognitions.rules import FAILED, Recognition
from manyeyes.recognitions.store import CALL_REPEATED, NewReview, RecognitionResult, StoredCall
from manyeyes.tasks.labels import LABEL_PICTURE, Choice, LabelOptions
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Refusal


class NewResult(msgspec.Struct, frozen=True, kw_only=True):
    """One picture or frame under one recognition. ``label`` -1: it could not be recognised; ``fault`` says why.

    ``result_id`` and ``task_id`` were taken beforehand; ``task_id`` 0: nobody is asked. ``sampled``: it is certain, and
    a person is asked all the same. ``picture``: what that person sees. ``milliseconds``: since the call's arrival.
    """

    result_id: int
    recognition: Recognition
    name: str
    tag: str = ""
    uid: str = ""
    sequence_id: str = ""
    label: int
    rate: float
    fault: str = ""
    details: dict[str, Any] | None = None
    milliseconds: int = 0
    review: bool = False
    sampled: bool = False
    task_id: int = 0
    picture: Picture | None = None

    @property
    def charged_micros(self) -> int:
        """Return what the recogniser's work costs, in micro-units: nothing where it failed."""
        return 0 if self.label == FAILED else self.recognition.price_micros


class RecordRecognition(msgspec.Struct, frozen=True, kw_only=True):
    """One call. ``triple``: SHA-256 of its timestamp and nonce; empty when the call cannot be told from another.

    ``digest``: SHA-256 of what it asked. ``answer``: the inner JSON, kept for a re-send. ``queues``: the terms of its
    recognitions' queues as the edge knows them.
    """

    cell: int
    call_id: int
    app: App
    triple: bytes
    digest: bytes
    answer: str
    results: tuple[NewResult, ...]
    queues: Mapping[int, QueueTerms]
    retried: bool = False

    @property
    def key(self) -> tuple[str, bytes]:
        """Return what stored calls are found by: the app's secretId and the triple."""
        return self.app.secret_id, self.triple


class Recorded(msgspec.Struct, frozen=True):
    """``answer``: what the call is answered; that of the first one when it came before (``is_repeated``).

    ``queue_ids``: where people have something to look at now.
    """

    answer: str
    is_repeated: bool
    queue_ids: tuple[int, ...]


class _LoadedCalls(msgspec.Struct):
    """What the batch's decisions need. ``calls``: what was answered before, this batch included; ``done``: results that
    are stored already; ``charges``, ``entered``: what the calls that are taken cost and ask."""

    purses: Purses
    calls: dict[tuple[str, bytes], StoredCall]
    done: set[int]
    charges: list[Transfer] = msgspec.field(default_factory=list)
    entered: list[tuple[NewTask, Entering]] = msgspec.field(default_factory=list)


async def record_recognitions(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RecordRecognition]
) -> list[Recorded | Refusal]:
    """Return what each call is answered, or its refusal: it is recorded whole or not at all (docs/decisions/0019).

    Refusals: CALL_REPEATED, UNKNOWN_ACCOUNT, ACCOUNT_SUSPENDED, BALANCE_TOO_LOW, QUEUE_FULL. Calls of one app wait for
    each other at their account's balance, so that of two alike in two processes one is recorded and answers both.
    """
    # 1. Load: balances, what was answered before, which results are stored.
    cell = commands[0].cell
    books = await _load(tx, cell, commands)
    # 2. Decide: a call that came before gets its first answer; a new one is taken whole or refused.
    outcomes: list[Recorded | Refusal] = []
    taken: list[RecordRecognition] = []
    for command in commands:
        outcome = _known(command, books)
        if outcome is None:
            outcome = _decide(command, books)
            if isinstance(outcome, Recorded):
                taken.append(command)
        outcomes.append(outcome)
    # 3. Save: what the calls that are taken cost, found and ask people.
    if taken:
        await _save(tx, now, cell, taken, books)
    return outcomes


async def _load(tx: asyncpg.Connection, cell: int, commands: Sequence[RecordRecognition]) -> _LoadedCalls:
    asked = {r.recognition.queue_id: c.queues for c in commands for r in c.results if r.task_id}
    queues = [known[queue_id] for queue_id, known in asked.items()]
    purses = await open_purses(tx, cell, [c.app.account_id for c in commands], queues)
    calls = await store.calls(tx, cell, [c.key for c in commands if c.triple])
    again = [(r.recognition.recognition_id, r.result_id) for c in commands if c.retried for r in c.results[:1]]
    return _LoadedCalls(purses, calls, await store.stored_results(tx, cell, again))


def _known(command: RecordRecognition, books: _LoadedCalls) -> Recorded | Refusal | None:
    """Return what a call that came before is answered; None for a new one."""
    if command.retried and command.results and command.results[0].result_id in books.done:
        return Recorded(command.answer, False, _queue_ids(command))
    call = books.calls.get(command.key)
    if call is None:
        return None
    return Recorded(call.answer, True, ()) if call.digest == command.digest else CALL_REPEATED


def _decide(command: RecordRecognition, books: _LoadedCalls) -> Recorded | Refusal:
    # 1. Who may have anything done, and at what price.
    purses, account_id = books.purses, command.app.account_id
    terms = purses.holder(account_id)
    if isinstance(terms, Refusal):
        return terms
    asked = [result for result in command.results if result.task_id]
    held = prices(purses, terms, [command.queues[r.recognition.queue_id] for r in asked])
    if isinstance(held, Refusal):
        return held
    charge = sum(result.charged_micros for result in command.results)
    tasks = [_task(command, result) for result in asked]
    most = charge + sum(task.asked_terms.most_micros(micros) for task, micros in zip(tasks, held, strict=True))
    if purses.balances[account_id] < most:
        return beyond_balance(most)
    # 2. Take the call: charge it, put what people are asked into queues, keep the answer for a re-send.
    if charge:
        purses.spend(account_id, charge)
        books.charges.append(posting(TransferKind.RECOGNITION, command.call_id, account_id, charge))
    for task, micros in zip(tasks, held, strict=True):
        books.entered.append((task, enter(purses, terms, task, micros)))
    if command.triple:
        call = StoredCall(*command.key, command.call_id, command.digest, command.answer)
        books.calls[command.key] = call
    return Recorded(command.answer, False, _queue_ids(command))


def _queue_ids(command: RecordRecognition) -> tuple[int, ...]:
    return tuple(sorted({result.recognition.queue_id for result in command.results if result.task_id}))


def _task(command: RecordRecognition, result: NewResult) -> NewTask:
    """Return the task that asks people which label the picture deserves; the recogniser's would lead them."""
    recognition = result.recognition
    custom_last = sorted(recognition.labels, key=lambda label: (label.number < 0, abs(label.number)))
    return NewTask(
        task_id=result.task_id,
        account_id=command.app.account_id,
        queue=command.queues[recognition.queue_id],
        options=LabelOptions(tuple(Choice(label.number, label.name) for label in custom_last), recognition.name),
        picture=result.picture,
        life_seconds=recognition.review_seconds,
        kind=LABEL_PICTURE,
        callback_url=recognition.review_url,
        terms=recognition.terms,
    )


async def _save(
    tx: asyncpg.Connection, now: datetime, cell: int, taken: Sequence[RecordRecognition], books: _LoadedCalls
) -> None:
    days = {command.app.time_zone: day_in(command.app.time_zone, now) for command in taken}
    found = [(command, result, days[command.app.time_zone]) for command in taken for result in command.results]
    # 1. Answers for re-sends, results, and which of them people are asked about.
    await store.insert_calls(tx, now, cell, [books.calls[command.key] for command in taken if command.triple])
    await store.insert_results(tx, cell, [_result(now, command, result) for command, result, _ in found])
    await store.insert_reviews(tx, cell, [_review(now, day, result) for _, result, day in found if result.task_id])
    # 2. Counts: by day in the app's time zone, by quarter of an hour, by duration.
    await store.add_days(tx, cell, [_of_day(day, result) for _, result, day in found])
    of = quarter(now)
    await store.add_quarters(tx, cell, [_of_quarter(of, result) for _, result, _ in found])
    await store.add_times(tx, cell, [_of_time(of, result) for _, result, _ in found])
    # 3. Money and review tasks; the numbers of their seats, if they take several answers, are locked after the counts.
    await save_entered(tx, now, cell, books.entered, books.purses, books.charges)


def _result(now: datetime, command: RecordRecognition, new: NewResult) -> RecognitionResult:
    return RecognitionResult(
        recognition_id=new.recognition.recognition_id,
        result_id=new.result_id,
        call_id=command.call_id,
        at=now,
        name=new.name,
        tag=new.tag,
        uid=new.uid,
        sequence_id=new.sequence_id,
        label=new.label,
        rate=new.rate,
        threshold=new.recognition.threshold,
        review=new.review,
        fault=new.fault,
        details=new.details,
        milliseconds=new.milliseconds,
        task_id=new.task_id,
        charged_micros=new.charged_micros,
    )


def _review(now: datetime, day: date, new: NewResult) -> NewReview:
    of = new.recognition
    return NewReview(
        task_id=new.task_id,
        recognition_id=of.recognition_id,
        result_id=new.result_id,
        asked_at=now,
        day=day,
        label=new.label,
        rate=new.rate,
        threshold=of.threshold,
        sample_share=of.sample_share,
        sampled=new.sampled,
        name=new.name,
    )


def _of_day(day: date, new: NewResult) -> DayChange:
    return DayChange(
        recognition_id=new.recognition.recognition_id, day=day, label=new.label, total=1, review=int(new.review)
    )


def _of_quarter(of: int, new: NewResult) -> QuarterChange:
    is_failed = new.label == FAILED
    return QuarterChange(
        recognition_id=new.recognition.recognition_id,
        quarter=of,
        certain=int(not is_failed and not new.review),
        uncertain=int(not is_failed and new.review),
        failed=int(is_failed),
        asked=int(bool(new.task_id)),
    )


def _of_time(of: int, new: NewResult) -> TimeChange:
    return TimeChange(new.recognition.recognition_id, of, Measure.LATENCY, bucket(new.milliseconds))
