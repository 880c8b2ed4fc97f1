"""The plans of the queries that run all the time: through their index, never through the table, sorted by nobody."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from manyeyes.accounts import store as accounts
from manyeyes.allow_list import store as allow_list
from manyeyes.buckets import store as buckets
from manyeyes.db.queries import Queries
from manyeyes.dispatch import store as dispatch
from manyeyes.jobs import store as jobs
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind
from manyeyes.recognitions import store as recognitions
from manyeyes.reports import store as reports
from manyeyes.sites import store as sites
from manyeyes.soft_apps import store as soft_apps
from manyeyes.statistics import store as statistics
from manyeyes.tasks import store as tasks
from manyeyes.tasks.seen import store as seen
from manyeyes.webhooks import store as webhooks
from manyeyes.workers import store as workers
from support.filled_cell import fill

SMALL = {"gate", "queue", "queue_depth", "cell", "node"}  # a handful of rows: reading them whole is the quickest
NOW = datetime.now(UTC)
HOUR_AGO = NOW - timedelta(hours=1)
YEAR_AGO = NOW.date() - timedelta(days=365)
MINUTE = int(time.time()) // 60
QUARTER = MINUTE // 15
VERDICTS = {"recognition_review_verdicts"}
QUARTERS, TIMES = {"recognition_quarter_pkey"}, {"recognition_time_pkey"}
DESKS = {"work_queued", "session_pkey"}
HOT: list[tuple[Queries, str, tuple[Any, ...], set[str], bool]] = [
    # capability, query, arguments, the indexes it goes through, whether it may sort (its few rows)
    (dispatch.SQL, "waiting_head", (1, 1, [1, 2], 10, [3, 4], [1, 2], ["hcaptcha"], [9]), {"work_waiting"}, False),
    (dispatch.SQL, "queued_head", (1, 1, [1, 2], 10, [3, 4], [1, 2], ["hcaptcha"], NOW, 0.5, True), DESKS, False),
    (dispatch.SQL, "count_waiting", (1, 1, 256), {"work_waiting"}, False),
    (dispatch.SQL, "head_bid", (1, 1, 1_000), {"work_waiting"}, False),
    (dispatch.SQL, "backlog", (1, 1, NOW, NOW), {"work_waiting", "work_queued", "standing_until"}, False),
    (dispatch.SQL, "oldest_of", (1, 1, [5, 6], ["{1}", "{1,2}"], [1, 2]), {"work_account"}, False),
    (dispatch.SQL, "lock_leased", (1, [7, 8]), {"work_leased"}, True),
    (dispatch.SQL, "desks", (1, [7, 8]), {"work_leased"}, False),
    (dispatch.SQL, "job_states", (1, [7, 8]), {"work_job"}, False),
    (dispatch.SQL, "job_holders", (1, [7, 8]), {"work_job"}, True),
    (jobs.SQL, "live_jobs", (1,), {"job_live"}, False),
    (jobs.SQL, "count_ends", (1, NOW, [7, 8], *[[1, 0]] * 8), {"job_pkey"}, True),
    (jobs.SQL, "add_refunds", (1, NOW, [7, 8], [1, 2]), {"job_pkey"}, True),
    (jobs.SQL, "take_stuck", (1, NOW, NOW, 9), {"job_live"}, False),
    (jobs.SQL, "next_lines", (1, 7, 20, 64), {"task_line", "result_pkey"}, False),
    (jobs.SQL, "end_lines", (1, NOW, 7, 20, 4, 90, 64), {"task_line", "result_pkey"}, False),
    (jobs.SQL, "page_newest", (1, 7, 2**31, 20), {"job_account"}, False),
    (jobs.SQL, "uploads", (1, [7, 8]), {"job_upload_pkey"}, True),
    (jobs.SQL, "stale_uploads", (1, 86_400, 20), {"job_upload_open"}, False),
    (tasks.SQL, "item_outcomes", (1, 7, 20, 90), {"task_line", "result_pkey", "work_pkey"}, False),
    (tasks.SQL, "known_items", (1, [7, 8], ["item-1", "item-2"]), {"task_item"}, True),
    (tasks.SQL, "delete_items", (1, 7, 20, 90), {"task_line"}, False),
    (dispatch.SQL, "lapsed", (1, NOW, 500), {"work_leased"}, True),
    (dispatch.SQL, "lock_overdue", (1, NOW, 500), {"work_expiring"}, False),
    (dispatch.SQL, "turns", (1, [3, 4], [1]), {"account_turn_pkey"}, False),
    (dispatch.SQL, "hand_over", (1, [5], [6], [NOW], NOW), {"work_pkey"}, True),
    (dispatch.SQL, "promote", (1, [5], [NOW], NOW), {"work_pkey"}, True),
    (dispatch.SQL, "put_back", (1, [5], [0], [0]), {"work_pkey"}, True),
    (dispatch.SQL, "handed", (1, [5, 6]), {"work_pkey"}, False),
    (dispatch.SQL, "delete_work", (1, [5, 6]), {"work_pkey"}, False),
    (tasks.SQL, "explained_questions", (1, [7, 8], [5, 6]), {"question_pkey", "question_seen_pkey"}, False),
    (dispatch.SQL, "job_states", (1, [7, 8]), {"work_job"}, False),
    (jobs.SQL, "next_lines", (1, 7, 0, 200), {"task_line", "result_pkey"}, False),
    (jobs.SQL, "lines", (1, [5, 6]), {"result_pkey"}, True),  # sorts a batch's own tasks
    (ledger.SQL, "statement_newest", (1, 5, NOW - timedelta(hours=1), NOW, 0, 0, 0, 100), {"transfer_account"}, False),
    (ledger.SQL, "statement_oldest", (1, 5, NOW - timedelta(hours=1), NOW, 0, 0, 0, 100), {"transfer_account"}, False),
    (tasks.SQL, "known_questions", (1, [3, 4], [b"a", b"b"]), {"question_digest"}, False),
    (tasks.SQL, "asked_questions", (1, [5]), {"question_pkey"}, False),
    (tasks.SQL, "question_media", (1, 5), {"question_picture_pkey"}, True),
    (workers.SQL, "rooms", (1, 1, 20), {"session_room"}, False),
    (workers.SQL, "idle_among", (1, 1, [5, 6]), {"session_pkey"}, False),
    (workers.SQL, "idle_in", (1, 1), {"session_room"}, False),
    (workers.SQL, "seen_lately", (1, 1, NOW, 6), {"session_room", "session_left"}, False),
    (workers.SQL, "lock_idle", (1, 1, [5, 6]), {"session_pkey"}, True),
    (workers.SQL, "lock_sessions", (1, [5, 6]), {"session_pkey"}, True),
    (workers.SQL, "lock_free", (1, [5, 6]), {"session_pkey"}, True),
    (workers.SQL, "change_desks", (1, [5], [1], [0], [0], [True], NOW, [9]), {"session_pkey"}, True),
    (workers.SQL, "hush", (1, [5, 6], 1), {"session_pkey"}, True),
    (workers.SQL, "session", (1, 5), {"session_pkey"}, False),
    (allow_list.SQL, "regards", (1, [5, 6], 3, [5, 6, 7], NOW), {"standing_worker"}, False),
    (allow_list.SQL, "listed_by", (1, [5, 6], NOW, 1_000), {"standing_pkey"}, False),
    (allow_list.SQL, "listed_among", (1, [5, 6], [3, 4], NOW), {"standing_pkey"}, False),
    (allow_list.SQL, "filtered_by", (1, [5, 6], NOW), {"standing_pkey"}, False),
    (allow_list.SQL, "forget_standings", (1, NOW, 500), {"standing_until", "standing_pkey"}, False),
    (accounts.SQL, "terms", (1, [5, 6]), {"account_pkey"}, False),
    (tasks.SQL, "progress", (1, [5, 6]), {"result_pkey", "task_pkey"}, False),
    (tasks.SQL, "existing", (1, [5, 6]), {"task_pkey"}, False),
    (tasks.SQL, "answered_leases", (1, [5, 6]), {"result_pkey"}, False),
    (tasks.SQL, "lives", (1, [5, 6]), {"result_pkey", "task_pkey"}, False),
    (tasks.SQL, "charges", (1, [5, 6]), {"result_pkey"}, False),
    (tasks.SQL, "questions", (1, [5, 6]), {"result_pkey", "task_pkey"}, False),
    (tasks.SQL, "ended_between", (1, 5, NOW - timedelta(days=1), NOW, 250), {"result_account"}, False),
    (tasks.SQL, "forget_answers", (1, [5, 6]), {"result_pkey"}, False),
    (tasks.SQL, "forget_words", (1, [5, 6]), {"task_pkey"}, False),
    (reports.SQL, "undecided", (1, [5, 6]), {"report_pkey", "appeal_pkey"}, True),
    (webhooks.SQL, "untold", (1, [5, 6]), {"delivery_pkey", "delivery_subject"}, True),
    (reports.SQL, "existing", (1, [5, 6]), {"report_pkey"}, False),
    (reports.SQL, "reporters", (1, [5, 6]), {"reporter_pkey"}, False),
    (reports.SQL, "any_open", (1,), {"vote_slot_open"}, False),
    (reports.SQL, "held_slots", (1, [601, 602], NOW), {"vote_slot_held"}, False),
    (reports.SQL, "lock_records", (1, [601, 602]), {"reviewer_record_pkey"}, True),
    (reports.SQL, "lock_open", (1, 20), {"vote_slot_open"}, False),
    (reports.SQL, "lock_open_for", (1, 601, [1]), {"vote_slot_open"}, False),
    (reports.SQL, "judges", (1, [5, 6]), {"vote_slot_once"}, False),
    (reports.SQL, "lease_slots", (1, [5], [0], [601], NOW), {"vote_slot_pkey"}, True),
    (reports.SQL, "lock_reports", (1, [5, 6]), {"report_pkey"}, True),
    (reports.SQL, "lock_overdue", (1, NOW, 100), {"report_open"}, False),
    (reports.SQL, "lock_slots", (1, [5, 6]), {"vote_slot_pkey"}, True),
    (reports.SQL, "lock_lapsed", (1, NOW, 100), {"vote_slot_leased"}, False),
    (reports.SQL, "reports_of", (1, 5, NOW, 0, None, 50), {"report_account"}, False),
    (reports.SQL, "refused_of", (1, 5, NOW, 0, -1, 50), {"refused_report_account"}, False),
    (reports.SQL, "reports_against", (1, 5, 100), {"report_worker"}, False),
    (reports.SQL, "reviewer_since", (1, 601, NOW - timedelta(hours=1)), {"vote_slot_reviewer"}, False),
    (reports.SQL, "lock_held", (1, [601, 602]), {"vote_slot_held"}, True),
    (reports.SQL, "close_slots", (1, [5, 6]), {"vote_slot_pkey"}, False),
    (reports.SQL, "votes_of", (1, [5, 6]), {"vote_slot_pkey"}, True),
    (reports.SQL, "verdicts", (1, [5, 6]), {"report_pkey"}, False),
    (reports.SQL, "count_refused", (1, [5, 6], "unknown_task"), {"refused_report_pkey"}, True),
    (reports.SQL, "refused_task", (1, 5, 6), {"refused_report_pkey"}, True),
    (reports.SQL, "open_complaints", (1,), {"report_open"}, False),
    (reports.SQL, "token_reports", (1, NOW), {"report_token"}, True),
    (statistics.SQL, "tasks_since", (1, [5, 6], MINUTE - 1440, [1]), {"usage_minute_pkey"}, True),
    (tasks.SQL, "questions", (1, [5, 6]), {"task_pkey"}, False),
    (tasks.SQL, "own_tasks", (1, [5, 6]), {"task_pkey"}, False),
    (seen.SQL, "seen_tasks", (1, [5, 6]), {"task_pkey", "result_pkey", "work_pkey", "transfer_pkey"}, False),
    (seen.SQL, "tasks_before", (1, 5, 2**63 - 1, 101), {"task_account"}, False),
    (seen.SQL, "tasks_after", (1, 5, 0, 101), {"task_account"}, False),
    (seen.SQL, "narrowed_before", (1, 5, 2**63 - 1, 51, 1, NOW - timedelta(days=1), NOW), {"task_account"}, False),
    (seen.SQL, "narrowed_after", (1, 5, 0, 51, 0, NOW - timedelta(days=1), NOW), {"task_account"}, False),
    (seen.SQL, "called_before", (1, 5, 2**63 - 1, 101, "a"), {"task_external"}, False),
    (seen.SQL, "called_after", (1, 5, 0, 101, "a"), {"task_external"}, False),
    (seen.SQL, "lines_before", (1, 5, 2**31 - 1, 101, 7), {"task_line"}, False),
    (seen.SQL, "lines_after", (1, 5, 0, 101, 7), {"task_line"}, False),
    (seen.SQL, "changes", (1, 5, NOW - timedelta(hours=1), 0, 0, NOW, 100), {"result_account", "refund_given"}, True),
    (dispatch.SQL, "lock_works", (1, [5, 6]), {"work_pkey"}, True),
    (tasks.SQL, "last_leases", (1, [5, 6], 1), {"result_pkey"}, False),
    (ledger.SQL, "lock_balances", (1, [5, 6]), {"balance_pkey"}, True),
    (ledger.SQL, "balances", (1, [5, 6]), {"balance_pkey"}, False),
    (ledger.SQL, "change_balances", (1, [5], [-700]), {"balance_pkey"}, True),
    (ledger.SQL, "booked_causes", (1, TransferKind.TOP_UP, [5, 6]), {"transfer_pkey"}, False),
    (ledger.SQL, "take_due_pay", (1, NOW, 100), {"pending_pay_due", "pending_pay_pkey"}, False),
    (ledger.SQL, "hold_pay", (1, [5, 6]), {"pending_pay_pkey"}, True),
    (ledger.SQL, "cancel_pay", (1, [5, 6]), {"pending_pay_pkey"}, True),
    (ledger.SQL, "worker_pending", (1, 5), {"pending_pay_worker"}, False),
    (ledger.SQL, "postings_of", (1, 5, 6), {"transfer_pkey"}, True),
    (ledger.SQL, "recent_holds", (1, 5, 20), {"transfer_account"}, False),
    (ledger.SQL, "statement_newest", (1, 5, HOUR_AGO, NOW, 0, 0, 0, 100), {"transfer_account"}, False),
    (ledger.SQL, "statement_oldest", (1, 5, HOUR_AGO, NOW, 0, 0, 0, 100), {"transfer_account"}, False),
    (ledger.SQL, "statement_sums", (1, 5, [0], [0], [MINUTE * 60]), {"transfer_rare"}, True),
    (
        statistics.SQL,
        "spending_minutes",
        (1, 5, [0, 1], [MINUTE - 120, MINUTE - 60], [MINUTE - 60, MINUTE], None, None, None),
        {"usage_minute_pkey"},
        False,
    ),
    (
        statistics.SQL,
        "spending_edges",
        (1, 5, [0, 1], [MINUTE * 60 - 30, MINUTE * 60], [MINUTE * 60, MINUTE * 60 + 20], None, None, None),
        {"result_account"},
        False,
    ),
    (
        statistics.SQL,
        "spending_refunds",
        (1, 5, [0, 1], [MINUTE * 60 - 30, MINUTE * 60], [MINUTE * 60, MINUTE * 60 + 20], None, None, None),
        {"refund_account"},
        False,
    ),
    (buckets.SQL, "buckets", (1, [5, 6], ["bucket-1", "bucket-2"]), {"bucket_pkey"}, False),
    (buckets.SQL, "buckets_of", (1, 5), {"bucket_pkey"}, True),
    (sites.SQL, "hold_sites", (1, [5, 6], ["a.example", "b.example"]), {"site_pkey"}, True),
    (sites.SQL, "take_due", (1, NOW, NOW, 20), {"site_due"}, False),
    (sites.SQL, "unswept", (1, 20), {"site_unswept"}, False),
    (dispatch.SQL, "site_holders", (1, [5], ["a.example"]), {"work_site"}, True),
    (dispatch.SQL, "lock_site_waiting", (1, [5], ["a.example"], 500), {"work_site"}, False),
    (dispatch.SQL, "busy_sites", (1, [5], ["a.example"]), {"work_site"}, True),
    (statistics.SQL, "queue_rates", (1, 1, MINUTE - 15), {"queue_minute_pkey"}, False),
    (tasks.SQL, "shares", (1, [5, 6]), {"result_pkey"}, True),
    (soft_apps.SQL, "days", (1, 807, NOW.date()), {"app_day_pkey"}, False),
    (recognitions.SQL, "quarters", (1, 3, [QUARTER - 96, QUARTER - 4], [QUARTER - 4, QUARTER]), QUARTERS, False),
    (recognitions.SQL, "times", (1, 3, [QUARTER - 96, QUARTER - 4], [QUARTER - 4, QUARTER]), TIMES, True),
    (recognitions.SQL, "day_of", (1, [2, 3], NOW.date()), {"recognition_day_pkey"}, True),
    (recognitions.SQL, "verdict_counts", (1, [2, 3], NOW - timedelta(hours=9)), VERDICTS, True),
    (recognitions.SQL, "results_floor", (1, 3, NOW, 0, 999), {"recognition_result_at"}, False),
    (
        recognitions.SQL,
        "results_before",
        (1, 3, NOW, 0, NOW - timedelta(days=9), 0, True, 1, True, 50),
        {"recognition_result_at", "recognition_review_pkey"},
        False,
    ),
    (
        recognitions.SQL,
        "results_after",
        (1, 3, NOW - timedelta(days=9), 0, NOW, 1000),
        {"recognition_result_at", "recognition_review_pkey"},
        False,
    ),
    (webhooks.SQL, "due", (1, NOW, 8), {"delivery_due"}, False),
    (webhooks.SQL, "claim", (1, [5, 6], NOW, NOW), {"delivery_pkey"}, True),
    (webhooks.SQL, "lock_waiting", (1, [5, 6]), {"delivery_pkey"}, True),
    (webhooks.SQL, "note", (1, NOW, [5], [1], [200], [""], [0.0]), {"delivery_pkey"}, True),
    (webhooks.SQL, "page", (1, 5, 15_000, 50), {"delivery_account"}, False),
    (webhooks.SQL, "page_of_given_up", (1, 5, 15_000, 50), {"delivery_given_up"}, False),
    (webhooks.SQL, "lock_old", (1, NOW - timedelta(days=10), 100), {"delivery_age"}, False),
    (webhooks.SQL, "tries", (1, 5), {"delivery_try_pkey"}, False),
    (recognitions.SQL, "days", (1, 5, YEAR_AGO, NOW.date()), {"recognition_day_pkey"}, False),
    (recognitions.SQL, "label_days", (1, 5, YEAR_AGO, NOW.date()), {"recognition_day_pkey"}, False),
    (recognitions.SQL, "calls", (1, ["s1", "s2"], [b"a", b"b"]), {"recognition_call_pkey"}, True),
    (recognitions.SQL, "stored_results", (1, [1, 2], [5, 6]), {"recognition_result_pkey"}, True),
    (
        recognitions.SQL,
        "delete_old_calls",
        (1, NOW - timedelta(hours=1), 100),
        {"recognition_call_age", "recognition_call_pkey"},
        False,
    ),
]


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
