"""record_recognitions: a call is recorded whole, with its counts, charge and questions, or refused and nothing left."""

import json
from datetime import date, timedelta

import asyncpg
import pytest

from manyeyes.actions.record_recognitions import Recorded, record_recognitions
from manyeyes.apps.rules import day_in
from manyeyes.ledger.rules import Book, TransferKind
from manyeyes.recognitions import store
from manyeyes.recognitions.counters import quarter
from manyeyes.recognitions.duration_histograms import Measure, bucket
from manyeyes.values.refusals import Reason
from support.action_stage import PAY, PRICE, Stage
from support.recognition_calls import PICTURE, RATE_PRICE, Calls, app_of, recognition_of, retried

FUNDS = 1_000_000


@pytest.fixture
async def calls(stage: Stage) -> Calls:
    return Calls(stage, app_of(await stage.account(FUNDS), cell=stage.cell))


async def test_a_certain_result_is_stored_counted_and_charged(stage: Stage, calls: Calls):
    result = calls.found(
        label=2, rate=0.97, name="http://x.example/1.jpg", tag="room 7", uid="u1", sequence_id="s1", milliseconds=1_000
    )
    result_with = calls.call(result, nonce="0.5")
    assert await stage.act(record_recognitions, result_with) == [Recorded(result_with.answer, False, ())]
    (row,) = await stage.rows("recognition_result")
    assert (row["result_id"], row["call_id"], row["at"]) == (result.result_id, result_with.call_id, stage.now)
    assert (row["name"], row["tag"], row["uid"], row["sequence_id"]) == ("http://x.example/1.jpg", "room 7", "u1", "s1")
    assert (row["label"], row["rate"], row["threshold"], row["review"]) == (2, 0.97, 0.9, False)
    assert (row["details"], row["fault"], row["task_id"], row["charged_micros"]) == (None, "", 0, RATE_PRICE)
    (day,) = await stage.rows("recognition_day")
    assert (day["recognition_id"], day["label"], day["total"], day["review"]) == (1, 2, 1, 0)
    (row,) = await stage.rows("recognition_quarter")
    assert (row["quarter"], row["certain"], row["uncertain"], row["asked"]) == (quarter(stage.now), 1, 0, 0)
    (row,) = await stage.rows("recognition_time")
    assert (row["measure"], row["bucket"], row["times"]) == (Measure.LATENCY, bucket(1_000), 1)
    (charge,) = await stage.rows("transfer", where=f"kind = {TransferKind.RECOGNITION}")
    assert (charge["cause_id"], charge["amount_micros"]) == (result_with.call_id, RATE_PRICE)
    assert (charge["debit_book"], charge["credit_book"]) == (Book.AVAILABLE, Book.REVENUE)
    assert await stage.available(calls.app.account_id) == FUNDS - RATE_PRICE
    for empty in ("work", "task", "recognition_review"):
        assert await stage.rows(empty) == []


async def test_an_uncertain_result_becomes_a_task_with_the_labels_to_choose_from(stage: Stage, calls: Calls):
    result = calls.found(label=1, rate=0.4, details={"box": [1, 2]})
    outcome = await calls.record(result)
    assert outcome.queue_ids == (1,)
    (task,) = await stage.rows("task")
    assert (task["task_id"], task["kind"], task["account_id"]) == (
        result.task_id,
        "label_picture",
        calls.app.account_id,
    )
    assert json.loads(task["options"]) == {
        "labels": [
            {"number": 0, "name": "normal"},
            {"number": 1, "name": "qr code"},
            {"number": 2, "name": "text"},
            {"number": -2, "name": "ask the boss"},
        ],
        "comment": "advertising",
    }
    (work,) = await stage.rows("work")
    assert (work["price_micros"], work["pay_micros"]) == (PRICE, PAY)
    assert work["expires_at"] == stage.now + timedelta(seconds=3_600)
    (blob,) = await stage.rows("blob")
    assert (blob["task_id"], blob["bytes"]) == (result.task_id, PICTURE.data)
    (review,) = await stage.rows("recognition_review")
    assert (review["task_id"], review["result_id"]) == (result.task_id, result.result_id)
    assert (review["label"], review["rate"], review["sampled"], review["state"]) == (1, 0.4, False, 0)
    assert (review["asked_at"], review["name"], review["verdict"]) == (stage.now, "a.jpg", None)
    assert (review["day"], review["threshold"], review["sample_share"]) == (
        day_in("Asia/Shanghai", stage.now),
        0.9,
        0.02,
    )
    (row,) = await stage.rows("recognition_result")
    assert (row["task_id"], row["review"], json.loads(row["details"])) == (result.task_id, True, {"box": [1, 2]})
    (row,) = await stage.rows("recognition_quarter")
    assert (row["certain"], row["uncertain"], row["asked"]) == (0, 1, 1)
    assert await stage.available(calls.app.account_id) == FUNDS - RATE_PRICE - PRICE


async def test_a_sample_of_the_certain_is_asked_and_stays_certain(stage: Stage, calls: Calls):
    await calls.record(calls.found(rate=0.99, ask=True))
    (review,) = await stage.rows("recognition_review")
    (day,) = await stage.rows("recognition_day")
    (row,) = await stage.rows("recognition_quarter")
    assert (review["sampled"], day["review"]) == (True, 0)
    assert (row["certain"], row["uncertain"], row["asked"]) == (1, 0, 1)


async def test_a_failed_picture_costs_nothing_and_counts_under_its_own_label(stage: Stage, calls: Calls):
    await calls.record(calls.found(), calls.found(label=-1, rate=0.0, fault="it is truncated"))
    failed, fine = await stage.rows("recognition_day", "label, total, review")
    assert (failed, fine) == ({"label": -1, "total": 1, "review": 0}, {"label": 1, "total": 1, "review": 0})
    (row,) = await stage.rows("recognition_quarter")
    assert (row["certain"], row["failed"], row["asked"]) == (1, 1, 0)
    (row,) = await stage.rows("recognition_result", where="label = -1")
    assert (row["fault"], row["charged_micros"]) == ("it is truncated", 0)
    assert await stage.available(calls.app.account_id) == FUNDS - RATE_PRICE


async def test_a_day_is_that_of_the_app_s_time_zone(stage: Stage):
    account_id = await stage.account()
    stage.now = stage.now.replace(year=2022, month=12, day=4, hour=20)
    zones = {"Asia/Shanghai": date(2022, 12, 5), "UTC": date(2022, 12, 4), "America/Los_Angeles": date(2022, 12, 4)}
    apps = [app_of(account_id, cell=stage.cell, secret_id=f"{n:024x}", time_zone=zone) for n, zone in enumerate(zones)]
    callers = [Calls(stage, app, recognition_of(app, n)) for n, app in enumerate(apps, 1)]
    await stage.act(record_recognitions, *[caller.call() for caller in callers])
    found = await stage.rows("recognition_day", "recognition_id, day")
    assert [row["day"] for row in found] == list(zones.values())


async def test_a_batch_writes_one_row_per_count(stage: Stage, calls: Calls):
    results = [[calls.found(label=n % 3, rate=0.95 if n % 2 else 0.2) for n in range(10)] for _ in range(3)]
    outcomes = await stage.act(record_recognitions, *[calls.call(*each) for each in results])
    assert [type(outcome) for outcome in outcomes] == [Recorded] * 3
    days = await stage.rows("recognition_day", "label, total, review")
    assert [tuple(day.values()) for day in days] == [(0, 12, 6), (1, 9, 3), (2, 9, 6)]
    (row,) = await stage.rows("recognition_quarter", "certain, uncertain, asked")
    assert row == {"certain": 15, "uncertain": 15, "asked": 15}
    assert len(await stage.rows("work")) == len(await stage.rows("recognition_review")) == 15
    charges = await stage.rows("transfer", "amount_micros", f"kind = {TransferKind.RECOGNITION}")
    assert charges == [{"amount_micros": 10 * RATE_PRICE}] * 3
    assert await stage.available(calls.app.account_id) == FUNDS - 30 * RATE_PRICE - 15 * PRICE


async def test_a_free_recognition_books_nothing_and_needs_no_balance(stage: Stage):
    account_id = await stage.account(0)
    app = app_of(account_id, cell=stage.cell)
    calls = Calls(stage, app, recognition_of(app, price_micros=0, queue_id=0))
    assert isinstance(await calls.record(calls.found(rate=0.1, ask=False)), Recorded)
    assert await stage.rows("transfer") == []
    assert len(await stage.rows("recognition_result")) == 1


@pytest.mark.parametrize(
    ("reason", "obstacle"),
    [
        (Reason.BALANCE_TOO_LOW, "UPDATE balance SET available_micros = 1699 WHERE cell = $1"),
        (Reason.ACCOUNT_SUSPENDED, "UPDATE account SET suspended = true WHERE cell = $1"),
        (Reason.UNKNOWN_ACCOUNT, "DELETE FROM account WHERE cell = $1"),
        (Reason.QUEUE_FULL, ""),
    ],
)
async def test_a_call_is_refused_whole(stage: Stage, calls: Calls, reason, obstacle):
    """Two pictures at 500 and one question at 700 cost 1,700; the third finding fits neither purse nor queue."""
    await calls.record(calls.found(rate=0.1), nonce="before")
    await (stage.change(obstacle) if obstacle else stage.set_queue(capacity=1))
    before = await stage.everything()
    outcome = await calls.record(calls.found(), calls.found(rate=0.1), nonce="0.7")
    assert outcome.reason is reason
    assert await stage.everything() == before


async def test_a_queue_that_takes_one_of_two_questions_refuses_both(stage: Stage, calls: Calls):
    await stage.set_queue(capacity=1)
    before = await stage.everything()
    assert (await calls.record(calls.found(rate=0.1), calls.found(rate=0.1))).reason is Reason.QUEUE_FULL
    assert await stage.everything() == before
    assert isinstance(await calls.record(calls.found(rate=0.1)), Recorded)


async def test_a_refused_call_takes_nothing_from_the_next_one_of_its_batch(stage: Stage):
    account_id = await stage.account(RATE_PRICE + PRICE)
    calls = Calls(stage, app_of(account_id, cell=stage.cell))
    large, small = calls.call(calls.found(rate=0.1), calls.found()), calls.call(calls.found(rate=0.1))
    refused, taken = await stage.act(record_recognitions, large, small)
    assert refused.reason is Reason.BALANCE_TOO_LOW
    assert isinstance(taken, Recorded)
    assert await stage.available(account_id) == 0


async def test_a_batch_of_several_accounts_charges_each(stage: Stage):
    accounts = [await stage.account(10_000) for _ in range(3)]
    callers = [Calls(stage, app_of(a, cell=stage.cell, secret_id=f"{a:024x}")) for a in accounts]
    commands = [caller.call(*[caller.found() for _ in range(n)]) for n, caller in enumerate(callers, 1)]
    await stage.act(record_recognitions, *reversed(commands))
    assert [await stage.available(a) for a in accounts] == [10_000 - n * RATE_PRICE for n in (1, 2, 3)]


async def test_the_same_call_again_is_answered_as_before_and_counted_once(stage: Stage, calls: Calls):
    first = calls.call(nonce="0.1", body="a picture")
    await stage.act(record_recognitions, first)
    before = await stage.everything()
    again = calls.call(calls.found(rate=0.1), nonce="0.1", body="a picture")
    assert await stage.act(record_recognitions, again) == [Recorded(first.answer, True, ())]
    assert await stage.everything() == before


async def test_the_same_call_twice_in_one_batch_is_counted_once(stage: Stage, calls: Calls):
    twice = [calls.call(nonce="0.1", body="a picture") for _ in range(2)]
    outcomes = await stage.act(record_recognitions, *twice)
    assert outcomes == [Recorded(twice[0].answer, False, ()), Recorded(twice[0].answer, True, ())]
    (row,) = await stage.rows("recognition_result")
    assert row["call_id"] == twice[0].call_id


@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_the_same_timestamp_and_nonce_with_another_body_is_refused(stage: Stage, calls: Calls, is_one_batch):
    first, other = calls.call(nonce="0.1", body="a"), calls.call(nonce="0.1", body="b")
    if is_one_batch:
        outcomes = await stage.act(record_recognitions, first, other)
    else:
        outcomes = [*await stage.act(record_recognitions, first), *await stage.act(record_recognitions, other)]
    assert outcomes[0].answer == first.answer
    assert outcomes[1].reason is Reason.CALL_REPEATED
    assert len(await stage.rows("recognition_result")) == 1


async def test_a_call_that_was_refused_may_come_again(stage: Stage, calls: Calls):
    await stage.change("UPDATE balance SET available_micros = 0 WHERE cell = $1")
    refused = await calls.record(nonce="0.1")
    await stage.change(f"UPDATE balance SET available_micros = {FUNDS} WHERE cell = $1")
    assert refused.reason is Reason.BALANCE_TOO_LOW
    assert not (await calls.record(nonce="0.1")).is_repeated


async def test_a_call_that_was_answered_is_answered_again_to_a_suspended_account(stage: Stage, calls: Calls):
    first = await calls.record(nonce="0.1")
    await stage.change("UPDATE account SET suspended = true WHERE cell = $1")
    assert (await calls.record(nonce="0.1")).answer == first.answer


async def test_two_apps_may_use_the_same_timestamp_and_nonce(stage: Stage, calls: Calls):
    other = Calls(stage, app_of(calls.app.account_id, cell=stage.cell, secret_id=f"{7:024x}"))
    outcomes = await stage.act(record_recognitions, calls.call(nonce="0.1"), other.call(nonce="0.1"))
    assert [outcome.is_repeated for outcome in outcomes] == [False, False]


async def test_calls_that_cannot_be_told_apart_are_each_recorded(stage: Stage, calls: Calls):
    await stage.act(record_recognitions, calls.call(), calls.call())
    assert len(await stage.rows("recognition_result")) == 2
    assert await stage.rows("recognition_call") == []


@pytest.mark.parametrize("nonce", ["", "0.1"])
async def test_a_retried_batch_is_done_once(stage: Stage, calls: Calls, nonce):
    done, missing = calls.call(calls.found(rate=0.1), calls.found(), nonce=nonce), calls.call()
    first = await stage.act(record_recognitions, done)
    before = await stage.everything()
    assert await stage.act(record_recognitions, retried(done)) == first
    assert await stage.everything() == before
    outcomes = await stage.act(record_recognitions, retried(done), retried(missing))
    assert outcomes == [*first, Recorded(missing.answer, False, ())]
    assert len(await stage.rows("recognition_result")) == 3


async def test_the_cheap_look_before_recognising_knows_what_was_answered(stage: Stage, calls: Calls):
    known = calls.call(nonce="0.1", body="a")
    await stage.act(record_recognitions, known)
    secret_id, triple = known.key
    keys = [(secret_id, triple, known.digest), (secret_id, triple, b"other"), (secret_id, b"new", known.digest)]
    async with stage.transaction() as db:
        same, other, new = await store.replay(db, stage.cell, keys)
    assert (same, other.reason, new) == (known.answer, Reason.CALL_REPEATED, None)


async def test_high_bids_pay_themselves_for_every_question_of_a_call(stage: Stage, calls: Calls):
    await stage.set_queue(capacity=1)
    await stage.change("UPDATE account SET max_bid_micros = 900 WHERE cell = $1")
    await calls.record(*[calls.found(rate=0.1) for _ in range(3)])
    assert [row["price_micros"] for row in await stage.rows("work", "price_micros")] == [PRICE, 900, 900]
    assert await stage.available(calls.app.account_id) == FUNDS - 3 * RATE_PRICE - PRICE - 2 * 900


async def test_what_cannot_be_stored_undoes_all_of_it(stage: Stage, calls: Calls):
    before = await stage.everything()
    with pytest.raises(asyncpg.DataError, match="surrogates"):
        await calls.record(calls.found(name="a\ud800.jpg"))
    assert await stage.everything() == before
