"""Tasks of a sealed month go, and everything that is added up from them stays to the last micro-unit."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from manyeyes.actions import drop_tasks as action
from manyeyes.actions.drop_tasks import DropTasks, drop_tasks
from manyeyes.actions.forget_tasks import ForgetTasks, forget_tasks
from manyeyes.actions.mark_months import MarkMonth, mark_months
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger import earnings, statements
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind
from manyeyes.ledger.seals.rules import month_before, month_start, next_month
from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.roles.customer.statement import every_entry, read_statement
from manyeyes.roles.customer.statement_span import StatementSpan
from manyeyes.roles.earnings import entries_of
from manyeyes.runtime.context import Context
from manyeyes.statistics import charges
from manyeyes.statistics import store as statistics
from manyeyes.tasks.dropping import store as dropping
from manyeyes.tasks.dropping.store import DropRange
from manyeyes.values.time_window import Window
from support import factories
from support.action_stage import Stage
from support.sealed_months import TRUSTED, go_to, months_ago, seal

LONG_AGO = 6  # months


async def old_work(stage: Stage) -> tuple[int, int]:
    """Play half a day of one customer and one worker half a year ago, seal it, and let the keep run out."""
    now = stage.now
    await go_to(stage, months_ago(stage, LONG_AGO))
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    for seconds in (0, 0.3, 7, 55, 61, 4000):
        stage.later(seconds)
        await stage.solve(account_id, worker_id)
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    await go_to(stage, now)
    while (await stage.act(forget_tasks, ForgetTasks(stage.cell)))[0]:
        pass
    await seal(stage)
    return account_id, worker_id


async def drop(stage: Stage) -> list[int]:
    """Drop the month of that work, as the command does."""
    until = next_month(months_ago(stage, LONG_AGO))
    last = await stage.read(dropping.last_ended, stage.cell, until)
    await stage.act(mark_months, MarkMonth(cell=stage.cell, until=until, gone_through=last, is_dropped=True))
    return (await stage.act(drop_tasks, DropTasks(stage.cell, 0, last, until)))[0].task_ids


async def told(stage: Stage, account_id: int, worker_id: int) -> list[Any]:
    """Return what a customer and a worker are told of that time: in windows of odd seconds, and of all of it."""
    first = int(month_start(months_ago(stage, LONG_AGO)).timestamp())
    begin = int(months_ago(stage, LONG_AGO).timestamp()) - 31
    odd = [Window(begin + n * 3600, begin + (n + 1) * 3600) for n in range(24)]
    narrow = [Window(begin + n * 13, begin + (n + 1) * 13) for n in range(40)]
    windows = [Window(first, first + 32 * 86_400), *odd, *narrow]
    start, end = months_ago(stage, LONG_AGO + 1), stage.now + timedelta(days=1)
    cell = stage.cell
    return [
        await stage.read(charges.charges, cell, account_id, windows),
        await stage.read(statistics.spending, cell, account_id, odd),
        await stage.read(statistics.spending, cell, account_id, odd, queue_id=1, ip=""),
        await stage.read(charges.charges_by_work, cell, account_id, start, end),
        await stage.read(statements.kind_sums, cell, account_id, windows),
        sorted(await stage.read(earnings.earned_sums, cell, worker_id, windows), key=lambda e: (e.index, e.kind)),
        await stage.rows("balance"),
        await stage.rows("wallet"),
    ]


async def changes(stage: Stage, account_id: int, worker_id: int) -> tuple[int, int, int]:
    """Return what the entries of a statement add up to, read from both ends, and those of what was earned."""
    start, end = months_ago(stage, LONG_AGO + 1), stage.now
    newest = await stage.read(statements.newest, stage.cell, account_id, start, (end, FIRST_PLACE), 100)
    oldest = await stage.read(statements.oldest, stage.cell, account_id, (start, FIRST_PLACE), end, 100)
    assert newest == oldest[::-1]
    earned = await stage.read(
        earnings.earned_newest,
        stage.cell,
        worker_id,
        [TransferKind.PAY],
        start=start,
        before=(end, FIRST_PLACE),
        limit=99,
    )
    return (
        sum(e.change_micros for e in newest),
        sum(e.change_micros for e in oldest),
        sum(e.amount_micros for e in earned),
    )


async def test_all_sums_are_as_before(stage: Stage):
    people = await old_work(stage)
    before, added_up = await told(stage, *people), await changes(stage, *people)
    assert len(await drop(stage)) == 6
    for table in ("task", "result"):
        assert await stage.rows(table) == []
    assert {row["kind"] for row in await stage.rows("transfer", "kind")} == {TransferKind.TOP_UP}
    assert await told(stage, *people) == before
    assert await changes(stage, *people) == added_up
    for is_whole in (False, True):
        assert (await stage.books(trusted=TRUSTED, is_whole=is_whole)).findings == []
    assert await drop(stage) == []


async def test_half_a_drop_changes_no_sum_and_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    people = await old_work(stage)
    before, added_up = await told(stage, *people), await changes(stage, *people)
    monkeypatch.setattr(action, "LARGEST_SWEEP", 2)
    for left in (4, 2, 0):
        assert len(await drop(stage)) == 2
        assert len(await stage.rows("task")) == left
        assert await told(stage, *people) == before
        assert await changes(stage, *people) == added_up
        for is_whole in (False, True):
            assert (await stage.books(trusted=TRUSTED, is_whole=is_whole)).findings == []


TAMPERED = {
    "a charge that was summed up": "UPDATE dropped_charge SET charged_micros = charged_micros + 1 WHERE cell = $1",
    "pay that was summed up": "UPDATE dropped_pay SET amount_micros = amount_micros - 1 WHERE cell = $1 AND kind = 5",
    "a top-up, which stays": "UPDATE transfer SET amount_micros = amount_micros + 1 WHERE cell = $1 AND kind = 1",
    "an entry that was not sealed": "INSERT INTO transfer SELECT cell, cause_id, 4, 9, 2, account_id, 1, account_id, 1,"
    " account_id, 0, at FROM transfer WHERE cell = $1 AND kind = 1",
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_is_altered_of_a_dropped_month_is_found(stage: Stage, what: str):
    await old_work(stage)
    await drop(stage)
    month = month_before(next_month(months_ago(stage, LONG_AGO)))
    await stage.change(TAMPERED[what])
    findings = (await stage.books(trusted=TRUSTED, is_whole=True)).findings
    assert findings[0].startswith(f"{month} is not what was sealed: ")


async def test_who_only_says_that_tasks_were_dropped_hides_nothing(stage: Stage):
    await old_work(stage)
    await stage.change("UPDATE seal SET dropped_at = now() WHERE cell = $1")
    assert (await stage.books(trusted=TRUSTED, is_whole=True)).findings == []
    await stage.change("DELETE FROM transfer WHERE cell = $1 AND kind = 3")
    assert "settle of account" in (await stage.books(trusted=TRUSTED, is_whole=True)).findings[0]


async def test_what_is_read_beside_a_drop_lists_each_entry_once(stage: Stage, context: Context):
    account_id, worker_id = await old_work(stage)
    start, end = months_ago(stage, LONG_AGO + 1), stage.now.replace(microsecond=0)
    owner = factories.Customer(stage.cell, account_id, "")
    statement = await read_statement(context, owner, StatementSpan(start=start, end=end, tz="UTC"))

    async def listed() -> list[int]:
        return [each.change_micros async for batch in every_entry(context, owner, statement) for each in batch]

    async def earned() -> list[int]:
        found = await entries_of(context, worker_id, "earned", start, (end, FIRST_PLACE), 99)
        return [each.change_micros for each in found]

    before = sum(await listed()), sum(await earned())
    async with stage.transaction() as tx:
        await tx.execute("LOCK TABLE dropped_charge, dropped_pay")  # each reads those after the entries
        reading = [asyncio.create_task(listed()), asyncio.create_task(earned())]
        blocked = "NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        waiting = f"SELECT count(DISTINCT pid) FROM pg_locks WHERE {blocked}"
        while await tx.fetchval(waiting) < 2:  # noqa: ASYNC110 (it tells by no event)
            await asyncio.sleep(0.05)
        until = next_month(months_ago(stage, LONG_AGO))
        last = await dropping.last_ended(tx, stage.cell, until)
        await drop_tasks(tx, stage.now, [DropTasks(stage.cell, 0, last, until)])
    assert (sum(await reading[0]), sum(await reading[1])) == before


async def test_of_two_who_drop_at_once_each_task_is_summed_up_by_one(stage: Stage):
    people = await old_work(stage)
    before = await told(stage, *people)
    until = next_month(months_ago(stage, LONG_AGO))
    last = await stage.read(dropping.last_ended, stage.cell, until)
    among = DropRange(0, last, until)
    async with stage.transaction() as tx:
        few = DropRange(0, await dropping.window_end(tx, stage.cell, among, 4) or 0, until)
        going = await dropping.droppable(tx, stage.cell, few)
        others = await stage.read(dropping.droppable, stage.cell, among)
        assert (len(going), len(others), set(going) & set(others)) == (4, 2, set())
    one, other = await asyncio.gather(drop(stage), drop(stage))
    assert sorted([*one, *other]) == sorted([*going, *others])
    assert await told(stage, *people) == before


async def test_what_was_disputed_stays_with_all_that_was_booked_for_it(stage: Stage):
    now = stage.now
    await go_to(stage, months_ago(stage, LONG_AGO))
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    disputed = await stage.dispute(account_id, worker_id, "confirm", "confirm")
    await go_to(stage, now)
    await stage.change("UPDATE session SET present = false WHERE cell = $1")
    people = await old_work(stage)
    entries = await stage.rows("transfer", where=f"cause_id = {disputed}")
    before = await told(stage, account_id, worker_id)
    assert len(await drop(stage)) == 6
    assert [row["task_id"] for row in await stage.rows("result", "task_id")] == [disputed]
    assert await stage.rows("transfer", where=f"cause_id = {disputed}") == entries
    assert await told(stage, account_id, worker_id) == before
    assert people != (account_id, worker_id)
    assert (await stage.books(trusted=TRUSTED, is_whole=True)).findings == []


async def test_what_is_kept_or_goes_on_after_the_month_stays(stage: Stage):
    await old_work(stage)
    kept, later, *_ = [row["task_id"] for row in await stage.rows("result", "task_id")]
    await stage.change("UPDATE result SET kept = true WHERE cell = $1 AND task_id = $2", kept)
    await stage.change("UPDATE transfer SET at = now() WHERE cell = $1 AND cause_id = $2 AND kind = 6", later)
    assert len(await drop(stage)) == 4
    assert {row["task_id"] for row in await stage.rows("task", "task_id")} == {kept, later}


async def test_a_dropped_month_rests_on_a_seal_that_is_ours(stage: Stage):
    await old_work(stage)
    await drop(stage)
    findings = (await stage.books(trusted=[bytes(32)])).findings
    assert len(findings) == 1
    assert "name its --public-key" in findings[0]
    await stage.change("UPDATE seal_sum SET amount_micros = amount_micros + 1 WHERE cell = $1 AND kind = 5")
    assert any("are not what was signed" in said for said in (await stage.books(trusted=TRUSTED)).findings)
