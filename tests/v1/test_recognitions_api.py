"""/v1/recognitions: figures that equal a recount of the raw rows, whatever the zone, and results page by page."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyeyes.recognitions.rules import FAILED, ReviewState
from support import factories
from support.in_process_client import Client
from support.recognition_requests import funnel, get
from support.recognition_results import Sighting, record, some

START, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
COUNTS = ("results", "certain", "uncertain", "failed", "asked", "reviewed", "overturned", "undecided", "pending")


def recounted(sightings, since, until) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """The figures of ``[since, until)``, counted one result at a time."""
    inside = [s for s in sightings if since <= s.at < until]
    found = {
        "results": len(inside),
        "certain": sum(s.label != FAILED and not s.review for s in inside),
        "uncertain": sum(s.review for s in inside),
        "failed": sum(s.label == FAILED for s in inside),
        "asked": sum(s.state is not None for s in inside),
        "reviewed": sum(s.is_reviewed for s in inside),
        "overturned": sum(s.is_overturned for s in inside),
        "undecided": sum(s.state is ReviewState.UNDECIDED or s.refuted for s in inside),
        "pending": sum(s.state is ReviewState.OPEN for s in inside),
    }
    return (
        found,
        [s.milliseconds for s in inside],
        [s.verdict_seconds for s in inside if s.state is ReviewState.DECIDED],
    )


def at_share(values, share):
    """The smallest value that at least a share of all does not exceed."""
    return next(v for v in sorted(values) if sum(w <= v for w in values) >= share * len(values))


def check(figures, sightings) -> None:
    """Compare figures with a recount of the results between their two instants."""
    since, until = (datetime.fromisoformat(figures[name]) for name in ("from", "to"))
    counts, milliseconds, seconds = recounted(sightings, since, until)
    assert {name: figures[name] for name in COUNTS} == counts
    for name, values, shares in (
        ("latency_milliseconds", milliseconds, {"p50": 0.5, "p95": 0.95, "p99": 0.99}),
        ("verdict_seconds", seconds, {"p50": 0.5, "p95": 0.95}),
    ):
        assert (figures[name] is None) == (not values)
        for which, share in shares.items() if values else ():
            truth = at_share(values, share)
            assert abs(figures[name][which] - truth) <= 0.02 * truth + 0.051, (name, which)  # and what is rounded


# The database is emptied by hand for each example.
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), data=st.data())
async def test_every_figure_equals_a_recount(client: Client, customer: factories.Customer, seen, seed, data):
    app, recognition = seen
    async with client.context.cells.pool(1).acquire() as db:
        for table in ("result", "review", "day", "quarter", "time"):
            await db.execute(f"DELETE FROM recognition_{table}")
    rng = random.Random(seed)
    sightings = some(rng, 400, START, END)
    await record(client.context, app, recognition, sightings)
    zones = ["Asia/Shanghai", "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
    zone = data.draw(st.sampled_from(zones))
    grain = data.draw(st.sampled_from(["hour", "day", "month"]))
    quarters = int((END - START) / timedelta(minutes=15))
    first, until = sorted(data.draw(st.lists(st.integers(0, quarters), min_size=2, max_size=2, unique=True)))
    asked = {"from": START + first * timedelta(minutes=15), "to": START + until * timedelta(minutes=15)}
    query = {name: at.isoformat() for name, at in asked.items()}
    found = await funnel(client, customer, recognition, **query, grain=grain, tz=zone)
    for figures in (found["total"], *found["buckets"]):
        check(figures, sightings)
    assert (found["tz"], found["grain"], found["task_id"]) == (zone, grain, recognition.task_id)
    edges = [found["buckets"][0]["from"], *(bucket["to"] for bucket in found["buckets"])]
    assert [datetime.fromisoformat(edge) for edge in (edges[0], edges[-1])] == list(asked.values())
    assert edges[1:-1] == [bucket["from"] for bucket in found["buckets"][1:]]


async def test_the_last_seven_days_of_the_app_are_told_unasked_zeros_too(
    client: Client, customer: factories.Customer, seen
):
    app, recognition = seen
    now = datetime.now(UTC)
    await record(client.context, app, recognition, [Sighting(at=now - timedelta(seconds=1))])
    found = await funnel(client, customer, recognition)
    assert (found["grain"], found["tz"], len(found["buckets"])) == ("day", "Asia/Shanghai", 7)
    assert sum(bucket["results"] for bucket in found["buckets"]) == found["total"]["results"] == 1
    assert found["buckets"][0]["results"] == 0
    assert found["buckets"][0]["latency_milliseconds"] is None
    assert all(bucket["from"].endswith("T00:00:00+08:00") for bucket in found["buckets"])


async def test_the_two_days_on_which_clocks_change_are_whole(client: Client, customer: factories.Customer, seen):
    app, recognition = seen
    sightings = some(random.Random(5), 300, datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
    await record(client.context, app, recognition, sightings)
    asked = {"from": "2026-10-24", "to": "2026-10-27", "tz": "Europe/Berlin"}
    found = await funnel(client, customer, recognition, **asked)
    hours = [datetime.fromisoformat(b["to"]) - datetime.fromisoformat(b["from"]) for b in found["buckets"]]
    assert hours == [timedelta(hours=n) for n in (24, 25, 24)]
    for bucket in found["buckets"]:
        check(bucket, sightings)
    by_hour = await funnel(client, customer, recognition, **asked, grain="hour")
    assert len(by_hour["buckets"]) == 73


async def complete_through(client: Client, customer: factories.Customer, recognition: Any) -> datetime:
    return datetime.fromisoformat((await funnel(client, customer, recognition))["complete_through"])


async def test_complete_through_waits_for_a_transaction_that_may_still_record(
    client: Client, customer: factories.Customer, seen, dsn
):
    app, recognition = seen
    late = await asyncpg.connect(dsn)
    try:
        async with late.transaction():
            began = await late.fetchval("SELECT now()")
            for _ in range(2):  # others record and commit meanwhile
                await record(client.context, app, recognition, [Sighting(at=began)], at_once=True)
            found = await funnel(client, customer, recognition)
            through = datetime.fromisoformat(found["complete_through"])
            assert through < began
            assert found["total"]["results"] == 2
        async with asyncio.timeout(20):  # the server's own cleaning may be such a transaction for a moment
            while (await complete_through(client, customer, recognition)) <= through:  # noqa: ASYNC110 (a look is all)
                await asyncio.sleep(0.05)
    finally:
        await late.close()


async def test_whatever_was_recorded_before_complete_through_is_in_the_figures(
    client: Client, customer: factories.Customer, seen
):
    """Recorders commit all the time; a recount later of what is older than the mark finds what the figures said."""
    app, recognition = seen
    told = []

    async def keep_recording() -> None:
        for _ in range(20):
            await record(client.context, app, recognition, [Sighting(at=START)], at_once=True)

    async def keep_asking(recording) -> None:
        while not recording.done():
            told.append(await funnel(client, customer, recognition))

    recording = asyncio.gather(*(keep_recording() for _ in range(3)))
    await asyncio.gather(recording, keep_asking(recording))
    assert told
    async with client.context.cells.pool(1).acquire() as db:
        instants = [row["at"] for row in await db.fetch("SELECT at FROM recognition_result")]
    for found in told:
        through = datetime.fromisoformat(found["complete_through"])
        assert found["total"]["results"] >= sum(at < through for at in instants)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"grain": "week"}, "grain must be one of hour, day, month"),
        ({"tz": "Mars/Olympus"}, "no time zone"),
        ({"tz": "../../etc/passwd"}, "no time zone"),
        ({"from": "soon"}, "from must be a date or an instant"),
        ({"to": "2026-01-31T09:31:00Z"}, "quarter of an hour"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "from must be before to"),
        ({"from": "2026-01-01", "to": "2027-01-01", "grain": "hour"}, "at most 745 hours are told at once"),
        ({"from": "2025-01-01", "to": "2027-01-01"}, "at most 366 days are told at once"),
    ],
)
async def test_what_cannot_be_told_is_refused_with_the_reason(
    client: Client, customer: factories.Customer, seen, query, says
):
    reply = await get(client, customer, f"/v1/recognitions/{seen[1].task_id}/funnel", **query)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")
    assert says in reply.json()["reason"]


@pytest.mark.parametrize("what", ["funnel", "results"])
async def test_others_and_unknown_recognitions_are_not_there(client: Client, customer: factories.Customer, seen, what):
    other = await factories.customer(client.context)
    for caller, task_id in ((other, seen[1].task_id), (customer, "0" * 24), (customer, "x"), (customer, "%00")):
        reply = await get(client, caller, f"/v1/recognitions/{task_id}/{what}")
        assert (reply.status_code, reply.json()["refusal"]) == (404, "unknown_recognition")
    reply = await client.get(f"/v1/recognitions/{seen[1].task_id}/{what}")
    assert (reply.status_code, reply.json()["refusal"]) == (401, "unknown_key")


async def test_days_of_the_zone_are_those_that_the_statistics_count(client: Client, customer: factories.Customer, seen):
    """Two counters of one truth: by quarters here, by the app's days for the compatible call."""
    app, recognition = seen
    await record(client.context, app, recognition, some(random.Random(3), 500, START, END))
    found = await funnel(client, customer, recognition, **{"from": "2026-10-20", "to": "2026-11-06"})
    async with client.context.cells.pool(1).acquire() as db:
        rows = await db.fetch("SELECT day, sum(total)::int AS n FROM recognition_day GROUP BY day")
    days = {row["day"]: row["n"] for row in rows}
    shanghai = ZoneInfo("Asia/Shanghai")
    for bucket in found["buckets"]:
        day = datetime.fromisoformat(bucket["from"]).astimezone(shanghai).date()
        assert bucket["results"] == days.get(day, 0)
