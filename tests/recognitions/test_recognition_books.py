"""check_books on recognitions: every count and charge that says another thing than the results shows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from manyeyes.actions.import_results import ImportResults, import_results
from manyeyes.apps.rules import zone
from manyeyes.recognitions import store
from manyeyes.recognitions.counters import DayChange, QuarterChange, TimeChange, quarter
from manyeyes.recognitions.csv_import import COLUMNS, read_history
from manyeyes.recognitions.duration_histograms import Measure, bucket
from support.action_stage import PRICE, Stage
from support.recognition_calls import RATE_PRICE, Calls, app_of

ZONES = {1: "Asia/Shanghai"}


async def recognised(stage: Stage) -> Calls:
    """Play calls with certain, uncertain, sampled and failed results on both sides of midnight in Shanghai."""
    calls = Calls(stage, app_of(await stage.account(100_000), cell=stage.cell))
    stage.now = datetime(2026, 3, 2, 15, 50, tzinfo=UTC)  # ten minutes before it
    for nonce in ("a", "b"):
        asked = calls.found(label=2, rate=0.3, picture=None)  # pictures of that day have no place any more
        sampled, failed = calls.found(rate=0.99, ask=True, picture=None), calls.found(label=-1, rate=0.0)
        await calls.record(calls.found(), asked, sampled, failed, nonce=nonce)
        stage.later(1_200)
    await judged(stage, asked.task_id, verdict=0)
    return calls


async def judged(stage: Stage, task_id, verdict) -> None:
    """Let a person say of a result of label 2 what they think of it, with the counts that follow."""
    await stage.change(
        "UPDATE recognition_review SET state = 1, verdict = $3, worker_id = 9 WHERE cell = $1 AND task_id = $2",
        task_id,
        verdict,
    )
    (review,) = await stage.rows("recognition_review", where=f"task_id = {task_id}")
    of, is_other = quarter(review["asked_at"]), int(verdict != review["label"])
    async with stage.transaction() as tx:
        day = DayChange(recognition_id=1, day=review["day"], label=review["label"], reviewed=1, overturned=is_other)
        await store.add_days(tx, stage.cell, [day])
        await store.add_quarters(
            tx, stage.cell, [QuarterChange(recognition_id=1, quarter=of, reviewed=1, overturned=is_other)]
        )
        await store.add_times(tx, stage.cell, [TimeChange(1, of, Measure.VERDICT, bucket(9_000))])


async def test_honest_recognitions_balance(stage: Stage):
    await recognised(stage)
    days = await stage.rows("recognition_day", "day, label, total, review, reviewed, overturned")
    assert [(row["day"].day, *list(row.values())[1:]) for row in days] == [
        *[(2, -1, 1, 0, 0, 0), (2, 1, 2, 0, 0, 0), (2, 2, 1, 1, 0, 0)],
        *[(3, -1, 1, 0, 0, 0), (3, 1, 2, 0, 0, 0), (3, 2, 1, 1, 1, 1)],
    ]
    books = await stage.books(ZONES)
    assert (books.difference_micros, books.findings) == (0, [])
    assert books.open_tasks_held_micros == 4 * PRICE


async def test_imported_history_balances(stage: Stage):
    calls = await recognised(stage)
    text = "\n".join([",".join(COLUMNS), "2022-12-04T23:59:59,1,true,0.2,a", "2022-12-05,2,false,0.9,b"])
    history = read_history(text, calls.recognitions[0], zone(ZONES[1]), stage.now)
    shown: dict[str, Any] = {"recognition": calls.recognitions[0], "history": history, "digest": b"x" * 32}
    await stage.act(
        import_results, ImportResults(cell=stage.cell, call_id=stage.number(), first_result_id=9_000, **shown)
    )
    assert (await stage.books()).findings == []


DAY = "UPDATE recognition_day SET"
QUARTER = "UPDATE recognition_quarter SET"
TIME = "UPDATE recognition_time SET"
RESULT = "UPDATE recognition_result SET"
FIRST = "= (SELECT min(result_id) FROM recognition_result WHERE"
TAMPERINGS = [
    ("a day's total", f"{DAY} total = total + 3 WHERE label = 2 AND day = '2026-03-02'", 3, "label 2"),
    ("a day's reviews", f"{DAY} review = review - 1 WHERE label = 2 AND day = '2026-03-02'", 1, "review of day"),
    ("what people decided", f"{DAY} reviewed = 5 WHERE reviewed = 1", 4, "reviewed of day"),
    ("what people overturned", f"{DAY} overturned = 0", 1, "overturned of day"),
    ("a day that vanished", "DELETE FROM recognition_day WHERE label = -1", 2, "label -1"),
    ("a day of nothing", "INSERT INTO recognition_day VALUES ($1, 7, '2026-03-02', 0, 1)", 1, "recognition 7"),
    ("results on another day", f"{DAY} day = day - 5", 24, "2026-02-25"),
    ("a quarter's certain", f"{QUARTER} certain = certain + 1", 2, "certain of quarter"),
    ("a quarter's uncertain", f"{QUARTER} uncertain = 0", 2, "uncertain of quarter"),
    ("a quarter's failures", f"{QUARTER} failed = 9", 16, "failed of quarter"),
    ("a quarter's questions", f"{QUARTER} asked = asked - 1", 2, "asked of quarter"),
    ("a quarter's verdicts", f"{QUARTER} reviewed = reviewed + 1, overturned = 4, undecided = 5", 19, "undecided of"),
    ("a quarter that vanished", "DELETE FROM recognition_quarter", 14, "certain of quarter"),
    ("a latency that vanished", f"{TIME} times = times - 1 WHERE measure = 0", 2, "latency of quarter"),
    ("a verdict's time too many", f"{TIME} times = times + 2 WHERE measure = 1", 2, "verdict of quarter"),
    ("a result that vanished", f"DELETE FROM recognition_result WHERE result_id {FIRST} true)", 6 + RATE_PRICE, "call"),
    ("another label", f"{RESULT} label = 0 WHERE label = 1 AND task_id = 0", 4, "label 0"),
    ("a certain result that was not", f"{RESULT} review = false WHERE review", 6, "uncertain of quarter"),
    ("a cheaper result", f"{RESULT} charged_micros = 1 WHERE result_id {FIRST} true)", RATE_PRICE - 1, "at call"),
    ("a charge that vanished", "DELETE FROM transfer WHERE kind = 14", 2 * 2 * 3 * RATE_PRICE, "at call"),
    ("a dearer charge", "UPDATE transfer SET amount_micros = 1501 WHERE kind = 14", 4, "at call"),
    ("a review that vanished", "DELETE FROM recognition_review WHERE sampled", 2, "do not match"),
    (
        "a review of another",
        "UPDATE recognition_review SET result_id = 900 WHERE sampled",
        4,
        "do not match",
    ),
    ("another label's review", "UPDATE recognition_review SET label = 0 WHERE sampled", 4, "do not match"),
    ("nobody asked", f"{RESULT} task_id = 0 WHERE NOT review AND task_id <> 0", 4, "do not match"),
    ("a verdict that went", "UPDATE recognition_review SET refuted = true", 5, "reviewed of day"),
    ("a call of nothing", "UPDATE recognition_call SET call_id = 0", 2, "call 0 is kept"),
]


@pytest.mark.parametrize(("what", "statement", "difference", "said"), TAMPERINGS, ids=[t[0] for t in TAMPERINGS])
async def test_every_tampering_shows(stage: Stage, what, statement, difference, said):
    await recognised(stage)
    named = statement if "$1" in statement else f"{statement} {'AND' if 'WHERE' in statement else 'WHERE'} cell = $1"
    await stage.change(named)
    books = await stage.books(ZONES)
    assert books.difference_micros == difference
    assert any(said in finding for finding in books.findings), books.findings


async def test_without_the_directory_the_days_must_still_sum_up(stage: Stage):
    await recognised(stage)
    await stage.change(f"{DAY} day = day - 5 WHERE cell = $1")
    assert (await stage.books()).findings == []
    await stage.change(f"{DAY} total = total + 1 WHERE cell = $1 AND label = 2 AND reviewed = 1")
    books = await stage.books()
    assert books.difference_micros == 1
    assert "total of all days, label 2" in books.findings[0]
