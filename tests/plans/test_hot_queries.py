"""The plans of the queries that run all the time: through their index, never through the table, sorted by nobody."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from manyeyes.db.queries import Queries
from manyeyes.dispatch import store as dispatch
from manyeyes.ledger import store as ledger
from manyeyes.recognitions import store as recognitions
from manyeyes.skills import store as skills
from manyeyes.statistics import store as statistics
from manyeyes.tasks import store as tasks
from manyeyes.tasks.seen import store as seen
from support.filled_cell import fill
from support.hot_pay_queries import EARNED_SUMS
from support.hot_people_queries import NOW
from support.hot_queries import HEAD, HOT, MINUTE, QUARTER, QUEUED, SEATS, SMALL, YEAR_AGO


@pytest.fixture(scope="module")
async def filled(create_database: Callable[[str], Awaitable[str]]) -> AsyncIterator[asyncpg.Connection]:
    """A database of its own with many rows in it, so that no other test meets them."""
    db = await asyncpg.connect(await create_database("filled"))
    await fill(db)
    yield db
    await db.close()


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a plan's node and all below it."""
    return [plan, *[node for child in plan.get("Plans", []) for node in nodes(child)]]


def sorts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the nodes that must read all below them first; an incremental sort stops where its limit does."""
    return [node for node in found if node["Node Type"] == "Sort"]


@pytest.mark.parametrize("options", ["FORMAT JSON", "FORMAT JSON, GENERIC_PLAN"], ids=["custom", "generic"])
@pytest.mark.parametrize(("sql", "name", "arguments", "indexes", "may_sort"), HOT, ids=[hot[1] for hot in HOT])
async def test_a_hot_query_goes_through_its_index(
    filled: asyncpg.Connection,
    sql: Queries,
    name: str,
    arguments: tuple[Any, ...],
    indexes: set[str],
    may_sort: bool,
    options: str,
):
    plan = json.loads(await filled.fetchval(f"EXPLAIN ({options}) {getattr(sql, name)}", *arguments))[0]["Plan"]
    found = nodes(plan)
    scanned = {node.get("Relation Name") for node in found if node["Node Type"] == "Seq Scan"}
    assert not scanned - SMALL, plan
    used = {node["Index Name"] for node in found if "Index Name" in node}
    assert indexes <= used, plan
    assert may_sort or not sorts(found), plan
    limited = [node for limit in found if limit["Node Type"] == "Limit" for node in nodes(limit)]
    assert not sorts(limited), "a limit that sorts reads all there is"


@pytest.mark.parametrize(("sql", "name"), [(tasks.SQL, "progress"), (seen.SQL, "seen_tasks")], ids=["polled", "seen"])
async def test_a_look_at_one_task_is_planned_once(filled: asyncpg.Connection, sql: Queries, name: str):
    for _ in range(8):
        await filled.fetch(getattr(sql, name), 1, [5])
    planned = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1"
    (found,) = await filled.fetch(planned, getattr(sql, name))
    assert tuple(found) == (3, 5), "PostgreSQL plans a statement five times before it keeps a plan"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("waiting_head", HEAD),
        ("queued_head", QUEUED),
        ("oldest_of", ([5, 6], ["{1}", "{1,2}"], [1, 2])),
    ],
    ids=["waiting", "queued", "listed"],
)
async def test_where_no_task_takes_several_answers_no_panel_is_looked_at(
    filled: asyncpg.Connection, name: str, arguments: tuple[Any, ...]
):
    for queue_id, is_asked in ((1, name != "queued_head"), (2, False)):  # the seats are in queue 1, and wait
        query = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {getattr(dispatch.SQL, name)}"
        async with filled.transaction():
            plan = json.loads(await filled.fetchval(query, 1, queue_id, *arguments))[0]["Plan"]
        looked = [node for node in nodes(plan) if node.get("Index Name") in SEATS]
        assert any(node["Actual Loops"] for node in looked) is is_asked, (queue_id, looked)
        assert looked


@pytest.mark.parametrize("options", ["FORMAT JSON", "FORMAT JSON, GENERIC_PLAN"], ids=["custom", "generic"])
async def test_lots_are_drawn_of_who_is_present_and_their_own_draws(filled: asyncpg.Connection, options: str):
    """Each second: all who are present are looked at, since hardly anybody is due; sorted are those who are."""
    plan = await filled.fetchval(f"EXPLAIN ({options}) {skills.SQL.lock_drawing}", 1, [1, 2], 500, 2)
    found = nodes(json.loads(plan)[0]["Plan"])
    assert not [node for node in found if node["Node Type"] == "Seq Scan"], found
    used = {node["Index Name"] for node in found if "Index Name" in node}
    assert "gold_draw_pkey" in used
    assert used & {"session_room", "session_pkey"}


async def test_a_month_of_somebody_s_earnings_is_summed_from_the_index_alone(filled: asyncpg.Connection):
    await filled.execute("VACUUM transfer")
    plan = json.loads(await filled.fetchval(f"EXPLAIN (FORMAT JSON) {ledger.SQL.earned_sums}", *EARNED_SUMS))
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Index Name") == "transfer_earned"]
    assert [node["Node Type"] for node in scans] == ["Index Only Scan"]


async def test_the_edges_of_a_window_are_read_from_the_index_alone(filled: asyncpg.Connection):
    arguments = (1, 5, [0], [MINUTE * 60 - 30], [MINUTE * 60], None, None, None)
    await filled.execute("VACUUM result")
    plan = json.loads(await filled.fetchval(f"EXPLAIN (FORMAT JSON) {statistics.SQL.spending_edges}", *arguments))
    assert "Index Only Scan" in {node["Node Type"] for node in nodes(plan[0]["Plan"])}


@pytest.mark.parametrize("name", ["quarters", "times"])
async def test_a_year_by_day_is_read_from_counters_alone(filled: asyncpg.Connection, name: str):
    firsts = [QUARTER - 96 * day for day in range(366, 0, -1)]
    arguments = (1, 3, firsts, [first + 96 for first in firsts])
    plan = json.loads(
        await filled.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {getattr(recognitions.SQL, name)}", *arguments)
    )
    read = {node["Relation Name"] for node in nodes(plan[0]["Plan"]) if "Relation Name" in node}
    assert read == {{"quarters": "recognition_quarter", "times": "recognition_time"}[name]}


async def test_a_year_of_statistics_is_read_from_its_counts_alone(filled: asyncpg.Connection):
    """366 days of 30 labels and the failures: what is read is what is answered, whatever else there is."""
    arguments = (1, 5, YEAR_AGO, NOW.date())
    query = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {recognitions.SQL.days}"
    found = nodes(json.loads(await filled.fetchval(query, *arguments))[0]["Plan"])
    assert [node.get("Relation Name") for node in found] == ["recognition_day"]
    assert [node.get("Index Name") for node in found] == ["recognition_day_pkey"]
    assert found[0]["Actual Rows"] == len(await recognitions.days(filled, *arguments)) == 366 * 31
    assert found[0].get("Rows Removed by Filter", 0) == 0


async def test_the_guard_sees_a_table_that_is_read_whole(filled: asyncpg.Connection):
    plan = json.loads(await filled.fetchval("EXPLAIN (FORMAT JSON) SELECT count(*) FROM work WHERE media = 'gif'"))
    assert "Seq Scan" in {node["Node Type"] for node in nodes(plan[0]["Plan"])}
