"""Results as files: whole, in order, the same in both forms, and nothing in them that a spreadsheet would run."""

import asyncio
import csv
import io
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pyarrow.parquet as pq
import pytest
from test_customer_pages import OWN

from manyeyes.apps.rules import App
from manyeyes.console.customer import result_downloads
from manyeyes.console.customer.day_range import Days
from manyeyes.recognitions.rules import Recognition, ReviewState
from manyeyes.roles.customer.recognitions import Owned
from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.recognition_results import Sighting, open_app, open_recognition, record, some

START, END = datetime(2026, 10, 3, 16, tzinfo=UTC), datetime(2026, 10, 13, 16, tzinfo=UTC)
TEN_DAYS = {"from": "2026-10-04", "to": "2026-10-13"}


@pytest.fixture
async def seen(client: Client) -> tuple[App, Recognition]:
    """A signed-in customer's app and recognition."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    app = await open_app(client.context, customer)
    return app, await open_recognition(client.context, app)


async def file(client: Client, recognition, ending, **query) -> httpx.Response:
    address = f"/customer/recognitions/{recognition.task_id}/results.{ending}"
    return await client.get(address, params=query or TEN_DAYS)


async def lines(client: Client, recognition) -> list[Any]:
    reply = await file(client, recognition, "csv")
    assert reply.status_code == 200
    return list(csv.DictReader(io.StringIO(reply.text)))


async def test_a_file_holds_every_result_of_the_days_in_order(
    client: Client, seen: tuple[App, Recognition], monkeypatch
):
    monkeypatch.setattr(result_downloads, "PAGE", 7)
    sightings = some(random.Random(9), 200, START - timedelta(days=2), END + timedelta(days=2))
    batch = [Sighting(at=START + timedelta(days=1), name=f"{n}.png") for n in range(20)]  # many at one instant
    await record(client.context, *seen, [*sightings, *batch])
    found = await lines(client, seen[1])
    inside = sorted((s for s in [*sightings, *batch] if START <= s.at < END), key=lambda s: s.at)
    assert [datetime.fromisoformat(line["at"]) for line in found] == [s.at for s in inside]
    assert sum(line["overturned"] == "true" for line in found) == sum(s.is_overturned for s in inside)
    assert [line["name"] for line in found if line["name"] in {s.name for s in batch}] == [s.name for s in batch]


async def test_what_a_line_says(client: Client, seen: tuple[App, Recognition]):
    overturned: dict[str, Any] = {"label": 1, "rate": 0.5, "review": True, "state": ReviewState.DECIDED, "verdict": -2}
    await record(client.context, *seen, [Sighting(at=START, name='a,\n"b".png', tag="蓝", uid="u1", **overturned)])
    [line] = await lines(client, seen[1])
    assert line == {
        "at": "2026-10-03T16:00:00+00:00",
        "name": 'a,\n"b".png',
        "tag": "蓝",
        "uid": "u1",
        "sequence_id": "",
        "label": "1",
        "label_name": "qr code",
        "rate": "0.5",
        "threshold": "0.75",
        "review": "true",
        "fault": "",
        "review_state": "decided",
        "review_task_id": line["review_task_id"],
        "verdict": "-2",
        "verdict_name": "not for us",
        "overturned": "true",
        "milliseconds": "80",
        "charged": "0.000000",
    }


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x.example","here")']
)
async def test_nothing_is_calculated_by_who_opens_it(client: Client, seen: tuple[App, Recognition], text):
    await record(client.context, *seen, [Sighting(at=START, name=text, tag=text, uid=text, label=-1, fault=text)])
    reply = await file(client, seen[1], "csv")
    [line] = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert [line[name] for name in ("name", "tag", "uid", "fault")] == [f"'{text}"] * 4
    assert line["label"] == "-1"  # a number is no text


async def test_parquet_holds_the_same_with_types(client: Client, seen: tuple[App, Recognition], monkeypatch):
    monkeypatch.setattr("manyeyes.console.customer.parquet.GROUP", 60)
    monkeypatch.setattr(result_downloads, "PAGE", 25)
    await record(client.context, *seen, some(random.Random(3), 150, START, END))
    reply = await file(client, seen[1], "parquet")
    table = pq.read_table(io.BytesIO(reply.content))
    assert pq.ParquetFile(io.BytesIO(reply.content)).num_row_groups == 2
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    known = {"true": True, "false": False}
    for line, row in zip(await lines(client, seen[1]), table.to_pylist(), strict=True):
        assert datetime.fromisoformat(line["at"]) == row["at"]
        assert known[line["overturned"]] is row["overturned"]
        assert line["rate"] == str(row["rate"])
        assert line["label"] == str(row["label"])
        assert line["verdict"] == ("" if row["verdict"] is None else str(row["verdict"]))
        assert (line["name"], line["fault"], line["review_state"]) == (row["name"], row["fault"], row["review_state"])


async def test_days_without_results_are_files_too(client: Client, seen: tuple[App, Recognition]):
    assert await lines(client, seen[1]) == []
    table = pq.read_table(io.BytesIO((await file(client, seen[1], "parquet")).content))
    assert (table.num_rows, table.column_names[0]) == (0, "at")


async def test_a_file_is_named_after_what_is_in_it(client: Client, seen: tuple[App, Recognition]):
    for ending, kind in (("csv", "text/csv; charset=utf-8"), ("parquet", "application/vnd.apache.parquet")):
        reply = await file(client, seen[1], ending)
        name = f"recognition-{seen[1].task_id}-20261004-20261013.{ending}"
        assert reply.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert reply.headers["content-type"] == kind


async def test_more_than_a_file_holds_is_said_before_it_begins(
    client: Client, seen: tuple[App, Recognition], monkeypatch
):
    monkeypatch.setattr(result_downloads, "MOST_RESULTS", 10)
    await record(client.context, *seen, some(random.Random(3), 11, START, END))
    for ending in ("csv", "parquet"):
        reply = await file(client, seen[1], ending)
        assert (reply.status_code, "these days hold 11 results, a file at most 10" in reply.text) == (413, True)
    assert (await file(client, seen[1], "csv", **{"from": "2026-11-01", "to": "2026-11-02"})).status_code == 200


@pytest.mark.parametrize("query", [{"from": "soon"}, {"from": "2020-01-01", "to": "2026-01-01"}])
async def test_days_that_cannot_be_read_give_no_file(client: Client, seen: tuple[App, Recognition], query):
    reply = await file(client, seen[1], "csv", **query)
    assert (reply.status_code, "dates such as 2026-01-31" in reply.text) == (400, True)


async def test_without_the_package_parquet_is_not_offered_and_says_why(
    client: Client, seen: tuple[App, Recognition], monkeypatch
):
    page = f"/customer/recognitions/{seen[1].task_id}"
    assert "results.parquet" in (await client.get(page)).text
    result_downloads.has_parquet.cache_clear()
    monkeypatch.setattr(result_downloads, "find_spec", lambda name: None)
    try:
        text = (await client.get(page)).text
        assert "results.csv" in text
        assert "results.parquet" not in text
        reply = await file(client, seen[1], "parquet")
        assert (reply.status_code, "pip install 'manyeyes[parquet]'" in reply.text) == (501, True)
    finally:
        result_downloads.has_parquet.cache_clear()


async def nobody_holds_a_transaction(db: asyncpg.Connection) -> None:
    """Wait until no transaction is open, as the house's own loops have one for moments; a reader's would stay."""
    held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'"
    for _ in range(1_000):
        if not await db.fetchval(held):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("a transaction stays open")


async def test_no_snapshot_is_held_between_pages(client: Client, seen: tuple[App, Recognition], monkeypatch):
    """Whoever reads a file slowly holds no transaction open: between pages no connection has one."""
    monkeypatch.setattr(result_downloads, "PAGE", 5)
    await record(client.context, *seen, some(random.Random(3), 20, START, END))
    rows = result_downloads.Downloads(client.context)._rows(
        Owned(*seen), Days(START.date() + timedelta(days=1), END.date())
    )
    pages = 0
    async for page in rows:
        pages += 1
        async with client.context.cells.pool(1).acquire() as db:
            await nobody_holds_a_transaction(db)
        assert len(page) <= 5
    assert pages == 5


def test_the_server_does_not_load_what_writes_parquet():
    code = "import sys, manyeyes.server.application; print(sorted({'pyarrow', 'numpy', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
