"""A statement is what the ledger says, to the micro-unit: at month edges, in zones whose clocks change, with refunds.

What is compared with is summed from the transfers alone, while a statement takes charges from minutes of usage.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manyeyes.accounts.store import AccountPlace
from manyeyes.ledger.rules import TransferKind
from manyeyes.roles.customer.spending_filters import SpendingFilters
from manyeyes.roles.customer.statement import (
    Statement,
    every_entry,
    read_by_work,
    read_entries,
    read_statement,
)
from manyeyes.roles.customer.statement_span import StatementSpan, read_span
from manyeyes.runtime.context import Context
from support.action_stage import PRICE, Stage
from support.recognition_calls import Calls, app_of

SIGNS = {1: 1, 3: -1, 7: 1, 13: 1, 14: -1}
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"]
# In New York clocks go back on the first of November at two, and November begins at four in UTC.
EDGES = ["10-31T23:59:59.999999", "11-01T00:00:00", "11-01T03:59:30.5", "11-01T04:00:00", "11-01T05:59:59"]
EDGES += ["11-01T06:00:00", "11-15T12:34:56.789", "11-30T18:15:00", "12-01T04:59:59.9", "12-01T05:00:00"]


@pytest.fixture
async def owner(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AccountPlace:
    """A customer who topped up, had tasks ended, refunded and recognised at the edges of November 2026."""
    account_id, author = await stage.account(0), await stage.worker()
    await _make_days(stage)
    for at in EDGES:
        await stage.change(
            "INSERT INTO transfer VALUES ($1, $3, 1, 0, 1, 0, 10, $2, 1000003, $2, 0, $4)",
            account_id,
            stage.number(),
            _instant(at),
        )
        await stage.change(
            "UPDATE balance SET available_micros = available_micros + 1000003 WHERE cell = $1 AND account_id = $2",
            account_id,
        )
    stage.now = _instant(EDGES[0]) - timedelta(minutes=1)
    await stage.come(author)
    disputed: list[int] = []
    for at in EDGES:
        stage.now = _instant(at)
        task_id = await stage.solve(account_id, author, **_by(len(disputed)))
        disputed.append(task_id)
        await stage.complain(account_id, task_id)
        stage.later(7.25)  # the next day, or month, for some
        await stage.judge("confirm", "confirm")
        await stage.solve(account_id, author)
    calls = Calls(stage, app_of(account_id))
    stage._number += 10_000
    await calls.record(calls.found(), calls.found(rate=0.99))
    await stage.submit(account_id)  # held, and still theirs
    return AccountPlace(account_id, "", stage.cell)


def _by(n: int) -> dict[str, Any]:
    return {"soft_id": 7, "ip": "203.0.113.7"} if n % 2 else {}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


async def _make_days(stage: Stage) -> None:
    """Make partitions for pictures of the days that are played."""
    for day in ("20261031", "20261101", "20261115", "20261130", "20261201"):
        known = await stage.pool.fetchval("SELECT to_regclass($1) IS NOT NULL", f"blob_{day}")
        first = datetime.strptime(day, "%Y%m%d").date()
        if not known:
            await stage.pool.execute(
                f"CREATE TABLE blob_{day} PARTITION OF blob FOR VALUES FROM ('{first}') TO ('{first + timedelta(1)}')"
            )


async def ledger(stage: Stage, account_id: int, start: datetime, end: datetime) -> dict[int, int]:
    """Return what each kind of transfer moved in a time, by the transfers alone."""
    rows = await stage.rows("transfer", "kind, amount_micros, at", f"account_id = {account_id}")
    found = dict.fromkeys(SIGNS, 0)
    for row in rows:
        if row["kind"] in SIGNS and start <= row["at"] < end:
            found[row["kind"]] += row["amount_micros"]
    return found


async def check(context: Context, stage: Stage, owner: AccountPlace, span: StatementSpan) -> Statement:
    """Raise AssertionError unless the statement of a span is what the transfers say, on the whole and row by row."""
    found = await read_statement(context, owner, span)
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    for start, end, moved in [
        (span.start, span.end, found.total),
        *((row.start, row.end, row.moved) for row in found.rows),
    ]:
        kinds = await ledger(stage, owner.account_id, start, end)
        assert (moved.task_micros, moved.refunded_micros) == (kinds[3], kinds[7]), (start, end)
        assert (moved.topped_up_micros, moved.recognition_micros) == (kinds[1], kinds[14]), (start, end)
        assert moved.tasks * PRICE == kinds[3]
    before = await ledger(stage, owner.account_id, beginning, span.start)
    assert found.opening_micros == sum(SIGNS[kind] * micros for kind, micros in before.items())
    assert found.closing_micros == found.rows[-1].balance_micros == found.opening_micros + found.total.change_micros
    assert found.unexplained_micros == 0
    return found


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("month", ["2026-10", "2026-11", "2026-12"])
async def test_a_month_is_what_the_transfers_say(
    context: Context, stage: Stage, owner: AccountPlace, month: str, tz: str
):
    await check(context, stage, owner, read_span({"month": month, "tz": tz}, stage.now))


async def test_months_that_follow_hand_their_balance_on(context: Context, stage: Stage, owner: AccountPlace):
    for tz in ZONES:
        spans = [read_span({"month": f"2026-{month}", "tz": tz}, stage.now) for month in ("10", "11", "12")]
        october, november, december = [await read_statement(context, owner, span) for span in spans]
        assert october.closing_micros == november.opening_micros
        assert november.closing_micros == december.opening_micros
    assert december.closing_micros == await stage.available(owner.account_id) + PRICE  # one is held


async def test_any_second_may_cut(context: Context, stage: Stage, owner: AccountPlace):
    for at in EDGES:
        second = int(_instant(at).timestamp())
        for start, length in (
            (second, 1),
            (second - 1, 2),
            (second, 86_400),
            (second + 7, 61),
            (second - 7_200, 7_207),
        ):
            await check(context, stage, owner, read_span({"from": str(start), "to": str(start + length)}, stage.now))


async def test_a_refund_counts_when_it_was_given(context: Context, stage: Stage, owner: AccountPlace):
    """The first task ended in October, and its refund came in November."""
    october, november = [
        await read_statement(context, owner, read_span({"month": f"2026-{month}"}, stage.now)) for month in ("10", "11")
    ]
    assert (october.total.charged_micros, october.total.refunded_micros) == (PRICE, 0)
    kinds = await ledger(stage, owner.account_id, november.span.start, november.span.end)
    assert november.total.refunded_micros == kinds[TransferKind.REFUND] > 0


async def test_entries_come_on_pages_of_any_size_with_the_balance_after_each(
    context: Context, stage: Stage, owner: AccountPlace
):
    for query in ({"month": "2026-11"}, {"month": "2026-12", "tz": "America/New_York"}):
        found = await read_statement(context, owner, read_span(query, stage.now))
        whole = [entry async for batch in every_entry(context, owner, found) for entry in batch]
        assert whole[-1].balance_micros == found.closing_micros
        assert sum(entry.change_micros for entry in whole) == found.total.change_micros
        for size in (1, 3, 1_000):
            pages, before = [], None
            while page := await read_entries(context, owner, found, before, size):
                pages += page
                before = page[-1].place
            assert pages[::-1] == whole


async def test_works_and_filters_are_parts_of_the_same_sums(context: Context, stage: Stage, owner: AccountPlace):
    span = read_span({"month": "2026-11", "tz": "America/New_York"}, stage.now)
    found = await read_statement(context, owner, span)
    (work,) = await read_by_work(context, owner, span)
    assert (work.queue_id, work.job_id, work.tasks) == (1, 0, found.total.tasks)
    assert (work.charged_micros, work.refunded_micros) == (found.total.task_micros, found.total.refunded_micros)
    apart: list[SpendingFilters] = [
        {"queue_id": None, "soft_id": 7, "ip": None},
        {"queue_id": 1, "soft_id": None, "ip": ""},
        {"queue_id": 2, "soft_id": None, "ip": None},
    ]
    parts = [(await read_statement(context, owner, span, filters)).narrowed for filters in apart]
    assert sum(row.tasks for part in parts for row in part) == found.total.tasks
    assert sum(row.refunded_micros for part in parts for row in part) == found.total.refunded_micros
    assert [row.tasks for row in parts[2]] == [0] * len(found.rows)
