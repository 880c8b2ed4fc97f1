"""The share of a soft app's owner is booked with the charge, to the micro, and taken back once."""

from typing import Any

import asyncpg
import pytest

from manyeyes.actions.end_overdue_tasks import EndOverdueTasks, end_overdue_tasks
from manyeyes.actions.shared.owner_shares import take_back_shares
from manyeyes.ledger.rules import Book, TransferKind
from support.action_stage import LIFE_SECONDS, PRICE, Stage

APP, SHARE = 847, PRICE // 10


async def shares(stage: Stage, kind=TransferKind.SHARE) -> list[dict[str, Any]]:
    columns = "cause_id, debit_book, debit_id, credit_book, credit_id, amount_micros, account_id, worker_id"
    return await stage.rows("transfer", columns, f"kind = {kind}")


async def days(stage: Stage) -> list[Any]:
    columns = "soft_id, account_id, solved, unsolvable, released, share_micros, taken_back_micros, paid_out_micros"
    return [tuple(row.values()) for row in await stage.rows("app_day", columns)]


async def test_a_solved_task_gives_its_share_out_of_the_revenue(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id, soft_id=APP, share_percent=10)
    assert [tuple(row.values()) for row in await shares(stage)] == [
        (task_id, Book.REVENUE, 0, Book.SHARES, APP, SHARE, 0, 0)
    ]
    assert await days(stage) == [(APP, account_id, 1, 0, 0, SHARE, 0, 0)]
    assert (await stage.rows("result", "share_micros"))[0]["share_micros"] == SHARE
    assert await stage.available(account_id) == 1_000_000 - PRICE
    assert (await stage.books()).findings == []


async def test_an_app_that_nobody_registered_gets_nothing_and_is_not_counted(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.solve(account_id, worker_id, soft_id=APP)
    assert (await shares(stage), await days(stage)) == ([], [])


async def test_a_bid_in_a_full_queue_is_shared_too_and_part_micros_stay_with_the_house(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.set_queue(1, price_micros=709)
    await stage.solve(account_id, worker_id, soft_id=APP, share_percent=10)
    assert [row["amount_micros"] for row in await shares(stage)] == [70]


async def test_a_share_of_nothing_is_no_transfer_but_the_task_counts(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.solve(account_id, worker_id, soft_id=APP, share_percent=0)
    assert await shares(stage) == []
    assert await days(stage) == [(APP, account_id, 1, 0, 0, 0, 0, 0)]
    assert (await stage.books()).findings == []


async def test_an_unsolvable_task_is_charged_and_shared_a_released_one_neither(stage: Stage):
    account_id = await stage.account()
    unsolvable = await stage.submit(account_id, soft_id=APP, share_percent=10)
    for _ in range(5):
        worker_id = await stage.worker()
        await stage.hand_out()
        await stage.skip(worker_id, await stage.lease(worker_id))
        await stage.go(worker_id)
    await stage.submit(account_id, soft_id=APP, share_percent=10)
    stage.later(LIFE_SECONDS)
    assert await stage.act(end_overdue_tasks, EndOverdueTasks(stage.cell)) == [1]
    assert [row["cause_id"] for row in await shares(stage)] == [unsolvable]
    assert await days(stage) == [(APP, account_id, 0, 1, 1, SHARE, 0, 0)]
    assert (await stage.books()).findings == []


async def test_what_is_refunded_is_taken_back_on_the_day_of_its_task_and_only_once(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    shared = await stage.solve(account_id, worker_id, soft_id=APP, share_percent=10)
    plain = await stage.solve(account_id, worker_id)
    day = (await stage.rows("app_day", "day"))[0]["day"]
    for task_id in (shared, plain):
        await stage.complain(account_id, task_id)
    stage.later(86_400)
    await stage.judge("confirm", "confirm")
    await stage.judge("confirm", "confirm")
    assert await stage.available(account_id) == 1_000_000
    assert [tuple(row.values()) for row in await shares(stage, TransferKind.UNSHARE)] == [
        (shared, Book.SHARES, APP, Book.REVENUE, 0, SHARE, 0, 0)
    ]
    assert await days(stage) == [(APP, account_id, 1, 0, 0, SHARE, SHARE, 0)]
    assert (await stage.rows("app_day", "day"))[0]["day"] == day
    assert (await stage.books()).findings == []
    with pytest.raises(asyncpg.UniqueViolationError):
        async with stage.transaction() as tx:
            await take_back_shares(tx, stage.now, stage.cell, [shared])


async def test_a_refund_that_leaves_the_share_with_the_owner_shows(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.complain(account_id, await stage.solve(account_id, worker_id, soft_id=APP, share_percent=10))
    await stage.judge("confirm", "confirm")
    await stage.change("DELETE FROM transfer WHERE cell = $1 AND kind = 12")
    await stage.change("UPDATE app_day SET taken_back_micros = 0 WHERE cell = $1")
    books = await stage.books()
    assert books.difference_micros == SHARE
    assert "shares of refunded tasks" in books.findings[0]


async def test_nothing_to_take_back_asks_the_database_nothing(stage: Stage):
    assert await take_back_shares(None, stage.now, stage.cell, []) == 0


@pytest.mark.parametrize(
    ("what", "statement", "difference", "finding"),
    [
        ("a day that grew", "UPDATE app_day SET share_micros = share_micros + 3", 3, f"shares of {APP}"),
        ("days that vanished", "DELETE FROM app_day", SHARE, f"shares of {APP}"),
        ("a result that says less", "UPDATE result SET share_micros = 1", SHARE - 1, f"softId {APP}"),
        ("a share that vanished", "DELETE FROM transfer WHERE kind = 11", 2 * SHARE, f"softId {APP}"),
        ("a larger share", "UPDATE transfer SET amount_micros = 75 WHERE kind = 11", 2 * 5, f"shares of {APP}"),
    ],
    ids=lambda value: value if isinstance(value, str) and "UPDATE" not in value else "",
)
async def test_tampering_with_shares_shows(stage: Stage, what, statement, difference, finding):
    await stage.solve(await stage.account(), await stage.worker(), soft_id=APP, share_percent=10)
    await stage.pool.execute(statement)
    books = await stage.books()
    assert books.difference_micros == difference, books.findings
    assert any(finding in sentence for sentence in books.findings), books.findings
