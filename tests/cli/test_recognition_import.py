"""manyeyes recognition import: history comes whole or not at all, once, and the days count what TUPU prints."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

PRINTED_DAY = "2022-12-05"
# docs/contracts/tupu.md#the-printed-example: label, total, review; label 0 has none.
PRINTED_LABELS = [(1, 22, 16), (2, 3184, 21)]
HEADER = "at,label,review,rate,name\n"


def printed_rows() -> Iterator[tuple[str, int, str, float, str]]:
    """3,206 results of one day in Shanghai, from its first second to its last."""
    results = [(label, n < review) for label, total, review in PRINTED_LABELS for n in range(total)]
    first = datetime(2022, 12, 4, 16, tzinfo=UTC)
    step = timedelta(days=1) / len(results)
    for n, (label, review) in enumerate(results):
        yield (first + n * step).isoformat(), label, str(review).lower(), 0.5 if review else 0.95, f"{n}.jpg"


@pytest.fixture
def task_id(manyeyes, ann):
    app = ["app", "create", "Shop", "--account", "Ann", "--bits", "1024", "--medium", "text"]
    manyeyes(*app)
    labels = ["--labels", "0=porn,1=sexy,2=normal", "--review-queue"]
    return manyeyes("recognition", "create", "Shop", "--recogniser", "people", *labels, "--json").json["task_id"]


@pytest.fixture
def bring(manyeyes, task_id, tmp_path):
    def run(text, *arguments):
        path = Path(tmp_path / "history.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return manyeyes("recognition", "import", task_id, path, *arguments)

    return run


@pytest.fixture
def rows(dsn, run_async):
    """The rows of a query, as tuples."""

    async def fetch(query) -> list[Any]:
        db = await asyncpg.connect(dsn)
        try:
            return [tuple(row) for row in await db.fetch(query)]
        finally:
            await db.close()

    return lambda query: run_async(fetch(query))


def test_3206_results_give_the_printed_numbers(manyeyes, task_id, tmp_path, rows):
    path = tmp_path / "printed.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["at", "label", "review", "rate", "name"])
        writer.writerows(printed_rows())
    done = manyeyes("recognition", "import", task_id, path, "--json").json
    assert done == {"task_id": task_id, "results": 3_206, "repeated": False}
    days = rows("SELECT day::text, label, total, review, total - review FROM recognition_day ORDER BY label")
    assert days == [(PRINTED_DAY, 1, 22, 16, 6), (PRINTED_DAY, 2, 3184, 21, 3163)]
    assert rows("SELECT sum(total)::int, sum(review)::int FROM recognition_day") == [(3_206, 37)]
    assert rows("SELECT sum(certain)::int, sum(uncertain)::int, count(*) FROM recognition_quarter") == [(3_169, 37, 96)]
    assert rows("SELECT count(*), min(charged_micros), max(task_id) FROM recognition_result") == [(3_206, 0, 0)]
    assert rows("SELECT count(*) FROM transfer WHERE kind = 14") == [(0,)]
    assert manyeyes("db", "check", "--json").json["findings"] == []


def test_a_file_that_was_imported_before_adds_nothing(bring, rows):
    text = HEADER + "2022-12-05,2,false,0.9,a.jpg\n"
    assert bring(text, "--json").json["results"] == 1
    again = bring(text, "--json").json
    assert (again["results"], again["repeated"]) == (0, True)
    assert "before" in bring(text).out
    assert rows("SELECT total FROM recognition_day") == [(1,)]
    assert bring(HEADER + "2022-12-05,2,false,0.9,b.jpg\n", "--json").json["results"] == 1
    assert rows("SELECT total FROM recognition_day") == [(2,)]


def test_times_without_an_offset_are_the_app_s_and_columns_come_in_any_order(bring, rows):
    lines = ["label,review,at,name,rate", "1,TRUE,2022-12-05T00:00:00,ä.jpg,", "1,0,2022-12-04T15:59:59Z,,1", "", ""]
    assert bring("\ufeff" + "\r\n".join(lines), "--json").json["results"] == 2
    found = rows("SELECT day::text, total, review FROM recognition_day ORDER BY day")
    assert found == [("2022-12-04", 1, 0), ("2022-12-05", 1, 1)]
    assert rows("SELECT name, rate FROM recognition_result ORDER BY at") == [("", 1.0), ("ä.jpg", 0.0)]


def test_a_failure_counts_under_its_own_label_alone(bring, rows):
    bring(HEADER + "2022-12-05,-1,false,,a.jpg\n")
    assert rows("SELECT label, total, review FROM recognition_day") == [(-1, 1, 0)]
    assert rows("SELECT certain, uncertain, failed FROM recognition_quarter") == [(0, 0, 1)]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "header"),
        (HEADER, 1, "no result"),
        (HEADER + "\n\n", 3, "no result"),
        ("at,label,review,rate\n", 1, "header"),
        ("at,label,review,rate,name,tag\n", 1, "header"),
        ("2022-12-05,2,false,0.9,a.jpg\n", 1, "header"),
        (HEADER + "2022-12-05,2,false,0.9\n", 2, "4 values"),
        (HEADER + "2022-12-05,2,false,0.9,a.jpg,b\n", 2, "6 values"),
        (HEADER + "2022-12-05,2,false,0.9,a\n2022-13-05,2,false,0.9,b\n", 3, "no time"),
        (HEADER + "yesterday,2,false,0.9,a\n", 2, "no time"),
        (HEADER + "2099-01-01,2,false,0.9,a\n", 2, "future"),
        (HEADER + "0001-01-01,2,false,0.9,a\n", 2, "before 1970"),
        (HEADER + "0001-01-01T00:00:00+14:00,2,false,0.9,a\n", 2, "before 1970"),
        (HEADER + "2022-12-05,3,false,0.9,a\n", 2, "label is '3'"),
        (HEADER + "2022-12-05,-2,false,0.9,a\n", 2, "label is '-2'"),
        (HEADER + "2022-12-05,two,false,0.9,a\n", 2, "label is 'two'"),
        (HEADER + "2022-12-05,²,false,0.9,a\n", 2, "label is"),
        (HEADER + "2022-12-05,2,maybe,0.9,a\n", 2, "review is 'maybe'"),
        (HEADER + "2022-12-05,2,,0.9,a\n", 2, "review is ''"),
        (HEADER + "2022-12-05,-1,true,0,a\n", 2, "never reviewed"),
        (HEADER + "2022-12-05,2,true,1.1,a\n", 2, "rate is '1.1'"),
        (HEADER + "2022-12-05,2,true,nan,a\n", 2, "rate is 'nan'"),
        (HEADER + "2022-12-05,2,true,much,a\n", 2, "rate is 'much'"),
        (HEADER + f"2022-12-05,2,true,0.1,{'a' * 2_001}\n", 2, "longer"),
        (HEADER + '2022-12-05,2,true,0.1,"a\n', 2, ""),
        (HEADER.encode() + b"2022-12-05,2,true,0.1,a\n2022-12-05,2,true,0.1,\xff\n", 3, "UTF-8"),
        (HEADER + "2022-12-05,2,true,0.1,a\0b\n", 2, "NUL"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_recorded(bring, rows, text, line, why):
    complaint = bring(text).complaint
    assert f"line {line}: " in complaint
    assert why in complaint
    assert rows("SELECT 1 FROM recognition_result UNION ALL SELECT 1 FROM recognition_call") == []


def test_a_file_or_recognition_that_there_is_not_is_told(manyeyes, task_id, tmp_path):
    assert "No such file" in manyeyes("recognition", "import", task_id, tmp_path / "nothing.csv").complaint
    assert "no recognition" in manyeyes("recognition", "import", "0" * 24, tmp_path / "nothing.csv").complaint
