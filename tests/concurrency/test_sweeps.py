"""One look tells which sweeps have something to do; each also runs unasked, and none holds up another."""

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from manyeyes.roles.site_checks import end_barred
from manyeyes.runtime import periodic, sweeps
from manyeyes.runtime.aside_sweep import settle_what_is_aside
from manyeyes.runtime.context import Context
from manyeyes.runtime.periodic import PeriodicJob
from manyeyes.server.application import SWEEPS
from manyeyes.webhooks.store import ANY_DELIVERY

ENOUGH_SECONDS = 20
ANYTHING = {"integer": 1, "bigint": 1, "smallint": 1, "real": 0.5, "text": "x", "boolean": False, "jsonb": "{}"}
PAST, FUTURE = "now() - interval '1 minute'", "now() + interval '1 hour'"


async def deliver(context: Context, cell: int) -> None:
    """Stands for what the application makes of its sender."""


ALL = [*SWEEPS, (ANY_DELIVERY, deliver)]
MATCHING: set[PeriodicJob] = {periodic.hand_out_all, periodic.measure}
CASES: list[tuple[str, dict[str, str], set[PeriodicJob]]] = [
    ("work", {"state": "0", "expires_at": FUTURE}, MATCHING),
    ("work", {"state": "0", "expires_at": PAST}, MATCHING | {periodic.end_overdue}),
    ("work", {"state": "2", "lease_until": FUTURE}, {periodic.hand_out_all}),
    ("work", {"state": "1", "lease_until": FUTURE}, set()),
    ("work", {"state": "1", "lease_until": PAST}, {periodic.return_leases}),
    ("work", {"state": "4", "aside_until": FUTURE}, set()),
    ("work", {"state": "4", "aside_until": PAST}, {settle_what_is_aside}),
    ("gold", {"aside_at": "NULL"}, set()),
    ("evidence", {"is_counted": "false"}, {periodic.count_all_evidence}),
    ("evidence", {"is_counted": "true"}, set()),
    ("skill", {"is_to_replace": "true"}, {periodic.replace_barred}),
    ("pending_pay", {"due_at": FUTURE}, set()),
    ("pending_pay", {"due_at": PAST}, {periodic.vest}),
    ("vote_slot", {"state": "1", "lease_until": FUTURE}, set()),
    ("vote_slot", {"state": "1", "lease_until": PAST}, {periodic.return_slots}),
    ("judgement", {"state": "1", "lease_until": PAST}, {periodic.return_slots}),
    ("judgement", {"state": "0"}, set()),
    ("queue_depth", {"waiting": "3"}, {periodic.measure}),
    ("queue_depth", {"waiting": "0", "average_micros": "0"}, set()),
    ("site", {"swept": "false"}, {end_barred}),
    ("site", {"swept": "true"}, set()),
    ("delivery", {"state": "0", "next_at": FUTURE}, {deliver}),
    ("delivery", {"state": "1"}, set()),
    ("node", {"beat_at": PAST}, set()),
]


async def add(db: asyncpg.Connection, table: str, **given: str) -> None:
    """Insert a row into a table: what is given as SQL, the defaults, and anything for what has none."""
    columns = await db.fetch(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = $1 AND table_schema = 'public'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> ALL ($2::text[])",
        table,
        list(given),
    )
    names = [row["column_name"] for row in columns]
    values = [_anything(row["data_type"]) for row in columns]
    places = [f"${n}" for n in range(1, len(names) + 1)]
    listed, taken = ", ".join([*names, *given]), ", ".join([*places, *given.values()])
    await db.execute(f"INSERT INTO {table} ({listed}) VALUES ({taken})", *values)


def _anything(kind: str) -> Any:
    if kind == "ARRAY":
        return []
    return datetime.now().astimezone() if kind.startswith("timestamp") else ANYTHING[kind]


@pytest.mark.parametrize(("table", "row", "expected"), CASES, ids=[f"{t}-{r}" for t, r, _ in CASES])
async def test_what_there_is_to_do_is_seen(
    context: Context, table: str, row: dict[str, str], expected: set[PeriodicJob]
):
    assert await sweeps.due(context, 1, ALL) == set(), "a house at rest has nothing to do"
    async with context.cells.pool(1).acquire() as db:
        await add(db, table, **row)
    assert await sweeps.due(context, 1, ALL) == expected


async def test_gold_is_laid_where_there_is_some_and_work_waits(context: Context):
    async with context.cells.pool(1).acquire() as db:
        await add(db, "gold", aside_at="NULL")
        await add(db, "work", state="0", expires_at=FUTURE)
    assert await sweeps.due(context, 1, ALL) == MATCHING | {periodic.lay_gold_down}


async def test_a_silent_node_matters_while_people_are_present_through_it(context: Context):
    async with context.cells.pool(1).acquire() as db:
        await add(db, "node", node_id="7", beat_at=PAST)
        await add(db, "session", node_id="7", present="true", worker_id="5")
    assert await sweeps.due(context, 1, ALL) == {periodic.retire_nodes}


async def test_whatever_the_look_says_each_sweep_runs_now_and_then(context: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeps, "LOOK_SECONDS", 0.0)
    ran: set[str] = set()
    is_over, never_ends = asyncio.Event(), asyncio.Event()

    def job(name: str, *, fails: bool = False, hangs: bool = False) -> PeriodicJob:
        async def run(context: Context, cell: int) -> None:
            assert not (hangs and name in ran), "it is not begun again while it runs"
            ran.add(name)
            if len(ran) == 4:
                is_over.set()
            if fails:
                raise ValueError("on purpose")
            if hangs:
                await never_ends.wait()

        return run

    asked = [
        ("SELECT false", job("not due")),
        ("SELECT true", job("fails", fails=True)),
        ("SELECT true", job("hangs", hangs=True)),
        ("SELECT false", job("not due either")),
    ]
    tasks = sweeps.start_sweeps(context, asked)
    async with asyncio.timeout(ENOUGH_SECONDS):
        await is_over.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert ran == {"not due", "fails", "hangs", "not due either"}


async def test_one_that_hangs_keeps_no_other_from_running_unasked(context: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeps, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(sweeps, "UNASKED_SECONDS", 0.0)
    runs, is_over = 0, asyncio.Event()

    async def hangs(context: Context, cell: int) -> None:
        await asyncio.Event().wait()

    async def not_due(context: Context, cell: int) -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            is_over.set()

    tasks = sweeps.start_sweeps(context, [("SELECT false", hangs), ("SELECT false", not_due)])
    try:
        async with asyncio.timeout(ENOUGH_SECONDS):
            await is_over.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
