"""The statistics call over 366 days and 30 labels of a recognition with a million results.

The goal: <= 10 ms. The results are written in bulk; their counters are summed from them, as the product would have.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import uvloop

from bench.people import invite
from bench.product import Product, serving
from bench.recognition import Made, command
from bench.row import Row, percentile
from bench.signed_load import load_key, signed_body
from bench.statistics import times_of
from bench.wire import connect, request
from manyeyes.db.pool import FIRST_CELL
from manyeyes.recognitions import store as recognitions

RESULTS, SMALL_RESULTS = 1_000_000, 50_000
DAYS, LABELS = 366, 30
FIRST_ID = 10**12  # of results that no serial reaches


def measure(small: bool = False) -> list[Row]:
    """Return the median over HTTP, signatures included, and of the store's read alone, in milliseconds."""
    results = SMALL_RESULTS if small else RESULTS
    with serving() as product:
        return uvloop.run(_run(product, results))


async def _run(product: Product, results: int) -> list[Row]:
    made = await _make(product)
    last = datetime.now(UTC).date()
    first = last - timedelta(days=DAYS - 1)
    db = await asyncpg.connect(product.dsn)
    found = await recognitions.recognition(db, made.task_id)
    assert found
    await _fill(db, found.recognition_id, first, results)
    alone = await times_of(lambda: recognitions.label_days(db, FIRST_CELL, found.recognition_id, first, last))
    days = len(await recognitions.label_days(db, FIRST_CELL, found.recognition_id, first, last))
    await db.close()
    over_http = await _over_http(product.url, made, first, last, results)
    what = f"statistics of {DAYS} days x {LABELS} labels among {results:,} results"
    return [
        Row(f"{what}, store alone, median", percentile(alone, 50), "ms", "<= 10", {"days": days}),
        Row(
            f"{what}, signed, over HTTP, median",
            percentile(over_http, 50),
            "ms",
            "",
            {"p90": percentile(over_http, 90)},
        ),
    ]


async def _make(product: Product) -> Made:
    account = (await invite(product.dsn, 1, 0)).first_account
    app = command(
        product.data, "app", "create", "days", "--account", str(account), "--time-zone", "UTC", "--rate", "1000"
    )
    labels = ",".join(f"{number}=label {number}" for number in range(LABELS))
    asked = ("--recogniser", "people", "--review-queue", "--labels", labels, "--threshold", "0.9")
    made = command(product.data, "recognition", "create", app["secret_id"], *asked)
    return Made(app["secret_id"], app["private_key_pkcs8"], made["task_id"])


async def _fill(db: asyncpg.Connection, recognition_id: int, first: date, results: int) -> None:
    await db.execute("SET synchronous_commit = off")
    await db.execute(_RESULTS, FIRST_CELL, recognition_id, first, results, DAYS, LABELS, FIRST_ID)
    await db.execute(_COUNTERS, FIRST_CELL, recognition_id)
    for table in ("recognition_result", "recognition_day"):
        await db.execute(f"VACUUM (ANALYZE) {table}")
    await db.execute("CHECKPOINT")


async def _over_http(url: str, made: Made, first: date, last: date, results: int) -> list[float]:
    """Return the calls' milliseconds. Raises RuntimeError unless the days hold exactly the results."""
    link, key = await connect(url), load_key(made.private_key)
    asked = {"taskId": made.task_id, "startDate": str(first), "endDate": str(last)}
    path = f"/v3/management/statistics/secret-task/{made.secret_id}"

    def calls() -> Iterator[bytes]:
        number = 0
        while True:
            number += 1
            yield request(url, "POST", path, signed_body(key, made.secret_id, str(number), asked))

    ready = calls()
    reply = await link.ask(next(ready))
    total = sum(
        int(part.split(b",", 1)[0]) for part in reply.split(b'"duration\\":0,\\"reviewDuration\\":0,\\"total\\":')[1:]
    )
    if total != results:
        raise RuntimeError(f"the statistics hold {total} results: {reply[:300]!r}")
    signed = [next(ready) for _ in range(200)]  # before it is measured: a customer signs on their own machine
    times = await times_of(lambda: link.ask(signed.pop()))
    link.close()
    return times


_RESULTS = """
INSERT INTO recognition_result (cell, recognition_id, result_id, call_id, at, name, tag, uid, sequence_id, label, rate,
                                threshold, review, fault, milliseconds, task_id, charged_micros)
SELECT $1, $2, $7::bigint + n, $7::bigint + n, $3::date + n % $5::int * interval '1 day' + interval '12 hours', 'n', '',
       '', '', n / $5::int % $6::int, 0.95, 0.9, n % 7 = 0, '', 20, 0, 0
FROM generate_series(0, $4::int - 1) AS n"""
_COUNTERS = """
INSERT INTO recognition_day (cell, recognition_id, day, label, total, review)
SELECT cell, recognition_id, (at AT TIME ZONE 'UTC')::date, label, count(*), count(*) FILTER (WHERE review)
FROM recognition_result WHERE cell = $1 AND recognition_id = $2 GROUP BY 1, 2, 3, 4"""
