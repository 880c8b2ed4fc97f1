"""A queue's charts: spans begin where the reader's hours, days and weeks do, and a table says the same."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from manyeyes.roles.house.queue_history import Reach, queue_history, spans_of
from support.house_visits import sign_in
from support.in_process_client import Client

BANGKOK, BERLIN = ZoneInfo("Asia/Bangkok"), ZoneInfo("Europe/Berlin")
SAMPLE = "INSERT INTO queue_sample VALUES (1, 1, $1, $2, $3, $4, $5)"


def test_spans_begin_with_the_readers_hours_days_and_weeks():
    now = datetime(2026, 11, 30, 20, 15, tzinfo=UTC)
    hours = spans_of(Reach.HOURS, BANGKOK, now)
    assert (len(hours), hours[-1][0].isoformat()) == (24, "2026-12-01T03:00:00+07:00")
    days = spans_of(Reach.DAYS, BANGKOK, now)
    assert (len(days), days[-1][0].isoformat()) == (14, "2026-12-01T00:00:00+07:00")
    weeks = spans_of(Reach.WEEKS, BANGKOK, now)
    assert (len(weeks), weeks[-1][0].isoformat(), weeks[-1][0].weekday()) == (10, "2026-11-30T00:00:00+07:00", 0)
    for spans in (hours, days, weeks):
        assert spans[-1][0] <= now < spans[-1][1]
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_a_day_of_twenty_five_hours_is_one_day():
    spans = spans_of(Reach.DAYS, BERLIN, datetime(2026, 10, 28, 12, tzinfo=UTC))
    lengths = [(end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1) for start, end in spans]
    assert sorted(lengths)[-2:] == [24, 25]


async def test_what_was_seen_is_summed_into_its_span_and_told_in_the_readers_zone(client: Client):
    now = datetime.now(UTC)
    minute = int(now.timestamp()) // 60
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(SAMPLE, minute, 7, 2, 3, 1)
        await db.execute(SAMPLE, minute - 1440, 5, 4, 10, 0)
        await db.execute("INSERT INTO queue_minute VALUES (1, 1, $1, 4, 8000, 100)", minute)
    last = (await queue_history(client.context, 1, Reach.DAYS, UTC))[-1]
    assert (last.waiting, last.present, last.expired, last.answered, last.mean_ms) == (7, 2, 1, 4, 2000.0)
    days = await queue_history(client.context, 1, Reach.DAYS, UTC)
    assert sum(day.arrived for day in days) == 13
    await sign_in(client)
    assert "Nothing was seen of it" in (await client.get("/operator/queues/2")).text
    page = (await client.get("/operator/queues/1?reach=days&tz=Asia/Bangkok")).text
    assert "Times in Asia/Bangkok" in page
    assert page.count('<figure class="chart') == 5
    table = re.search(r'<table id="history-table".*?</table>', page, re.DOTALL)[0]
    assert table.count("<tr>") == 15


@pytest.mark.parametrize("reach", ["hours", "days", "weeks", "ages"])
async def test_every_reach_is_drawn_and_what_is_none_is_a_day(client: Client, reach: str):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(SAMPLE, int(datetime.now(UTC).timestamp()) // 60, 1, 1, 1, 1)
    await sign_in(client)
    page = (await client.get(f"/operator/queues/1?reach={reach}")).text
    rows = {"hours": 24, "days": 14, "weeks": 10, "ages": 24}[reach]
    assert re.search(r'<table id="history-table".*?</table>', page, re.DOTALL)[0].count("<tr>") == rows + 1
