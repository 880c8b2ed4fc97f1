"""check_books: every kind of tampering shows, to the micro."""

import asyncio

import asyncpg
import pytest

from manyeyes.actions.check_books import check_books
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.move_payouts import move_payouts
from manyeyes.actions.settle_overdue_reports import SettleOverdueReports, settle_overdue_reports
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.ledger.rules import PENDING_SECONDS
from support.action_stage import PAY, PRICE, Stage
from support.paid_people import a_request, moving
from support.sealed_months import TRUSTED, go_to, months_ago, seal


async def busy_books(stage: Stage) -> None:
    """Play a history that leaves something in every book: one vested pay, one pending, one held task."""
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    await stage.solve(account_id, worker_id)
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    await stage.solve(account_id, worker_id)
    await stage.submit(account_id)


async def test_honest_books_balance(stage: Stage):
    await busy_books(stage)
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])
    assert (books.transfers, books.accounts, books.wallets) == (1 + 4 + 3 + 1, 1, 1)
    assert books.open_tasks_held_micros == PRICE


async def test_empty_books_balance(stage: Stage):
    books = await stage.books()
    assert (books.difference_micros, books.transfers, books.findings) == (0, 0, [])


OPEN_HOLD = "WHERE kind = 2 AND cause_id IN (SELECT task_id FROM work)"
TAMPERINGS = [
    ("a balance that grew", "UPDATE balance SET available_micros = available_micros + 13", 13, "available of"),
    ("a balance that shrank", "UPDATE balance SET available_micros = available_micros - 13", 13, "available of"),
    ("a wallet that grew", "UPDATE wallet SET payable_micros = payable_micros + 1", 1, "payable of"),
    ("a wallet that vanished", "DELETE FROM wallet", PAY, "payable of"),
    ("pending pay that grew", "UPDATE pending_pay SET amount_micros = amount_micros + 5", 5, "pending of"),
    ("pending pay that vanished", "DELETE FROM pending_pay", PAY, "pending of"),
    ("an open task that vanished", "DELETE FROM work", PRICE, "held of"),
    ("an open task that grew cheaper", "UPDATE work SET price_micros = 1", PRICE - 1, "held of"),
    ("a bucket that shrank", "UPDATE usage_minute SET charged_micros = 1", 2 * (PRICE - 1), "usage buckets"),
    ("buckets that vanished", "DELETE FROM usage_minute", 2 * PRICE, "usage buckets"),
    ("a top-up that vanished", "DELETE FROM transfer WHERE kind = 1", 100_000, "available of"),
    ("a hold that vanished", f"DELETE FROM transfer {OPEN_HOLD}", 2 * PRICE, "held of"),
    ("a dearer settlement", "UPDATE transfer SET amount_micros = 703 WHERE kind = 3", 2 * 2 * 3, "held of"),
    ("a transfer from somebody else", f"UPDATE transfer SET debit_id = 77 {OPEN_HOLD}", 2 * PRICE, "available of 77"),
    ("a vesting that vanished", "DELETE FROM transfer WHERE kind = 6", 2 * PAY, "payable of"),
]


async def disputed_books(stage: Stage) -> None:
    """Play complaints to every end: confirmed, appealed against, rejected, undecided, and one still open."""
    account_id, worker_id = await stage.account(100_000), await stage.worker()
    task_id = await stage.dispute(account_id, worker_id, "confirm", "confirm")
    await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, "words"))
    await stage.act(decide_appeals, DecideAppeal(stage.cell, task_id, True))
    await stage.dispute(account_id, worker_id, "reject", "reject")
    await stage.act(vest_pay, VestPay(stage.cell))
    await stage.dispute(account_id, worker_id, "confirm")
    await stage.act(settle_overdue_reports, SettleOverdueReports(stage.cell, 0))
    await stage.dispute(account_id, worker_id, "confirm")


REFUND = "kind = 7"
ITS_FIRST = f"cause_id = (SELECT min(cause_id) FROM transfer WHERE {REFUND})"
ITS_LAST = ITS_FIRST.replace("min(", "max(")
DISPUTES = [
    ("a refund that vanished", f"DELETE FROM transfer WHERE {REFUND} AND {ITS_FIRST}", PRICE, "refunds and"),
    ("a refund of a part", f"UPDATE transfer SET amount_micros = 600 WHERE {REFUND} AND {ITS_FIRST}", 100, "charged"),
    (
        "a second refund",
        "INSERT INTO transfer SELECT cell, cause_id, kind, 1, debit_book, debit_id, credit_book, credit_id, "
        f"amount_micros, account_id, worker_id, at FROM transfer WHERE {REFUND} AND {ITS_FIRST}",
        PRICE,
        "confirmed complaints and refunds",
    ),
    ("a refund without a complaint", "DELETE FROM report WHERE state = 1", 2 * PRICE, "confirmed complaints"),
    ("a window's refund that vanished", "DELETE FROM refund", 2 * PRICE, "refunds by window"),
    (
        "a bucket that kept its money",
        "UPDATE usage_minute SET charged_micros = tasks * 700",
        2 * PRICE,
        "usage buckets",
    ),
    ("a vote paid twice", "UPDATE wallet SET payable_micros = payable_micros + 100", 100, "payable of"),
    ("a vote's pay that vanished", "DELETE FROM transfer WHERE kind = 9", 600, "votes and what they were paid"),
    (
        "an appeal that was turned",
        "UPDATE appeal SET accepted = false",
        PAY,
        "accepted appeals and what they were paid",
    ),
    ("pay cancelled by no complaint", "UPDATE report SET cancelled_micros = 0", PAY, "pay that complaints cancelled"),
]


AFTER_A_SEAL = [each for each in DISPUTES if "appeal" not in each[0]]  # of appeals: test_seal_months.py


async def test_books_with_disputes_balance(stage: Stage):
    await disputed_books(stage)
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])


@pytest.mark.parametrize(("what", "statement", "least", "finding"), DISPUTES, ids=[d[0] for d in DISPUTES])
async def test_tampering_with_disputes_shows(stage: Stage, what, statement, least, finding):
    await disputed_books(stage)
    await stage.pool.execute(statement)
    books = await stage.books()
    assert books.difference_micros >= max(least, 1), books.findings
    assert any(finding in sentence for sentence in books.findings), books.findings


PAYOUTS = [
    ("a request that grew", "UPDATE payout SET amount_micros = amount_micros + 5 WHERE state = 0", 5, "requested of"),
    ("a request that vanished", "DELETE FROM payout WHERE state = 0", PAY, "what was set aside"),
    ("one that was said to be paid", "UPDATE payout SET state = 2, ended_at = now() WHERE state = 0", PAY, "what left"),
    ("one that was paid and is open", "UPDATE payout SET state = 1, ended_at = NULL WHERE state = 2", PAY, "what left"),
    ("one that was declined and paid", "UPDATE payout SET state = 2 WHERE state = 3", PAY, "what came back"),
    ("a payment that vanished", "DELETE FROM transfer WHERE kind = 17", PAY, "requested of"),
]


async def requested_books(stage: Stage) -> None:
    """Let people ask to be paid out: one waits, one was paid, one was declined."""
    _, paid, declined = [await a_request(stage) for _ in range(3)]
    await stage.act(move_payouts, moving(stage, paid, "approve"), moving(stage, paid, "mark_paid", "reference"))
    await stage.act(move_payouts, moving(stage, declined, "decline", "why"))
    assert (await stage.books()).findings == []


@pytest.mark.parametrize(("what", "statement", "least", "finding"), PAYOUTS, ids=[each[0] for each in PAYOUTS])
async def test_tampering_with_payouts_shows(stage: Stage, what, statement, least, finding):
    await requested_books(stage)
    await stage.pool.execute(statement)
    books = await stage.books()
    assert books.difference_micros >= least, books.findings
    assert any(finding in sentence for sentence in books.findings), books.findings


async def test_pay_that_was_both_vested_and_cancelled_shows(stage: Stage):
    await disputed_books(stage)
    await stage.pool.execute(
        "INSERT INTO transfer SELECT cell, cause_id, 6, n, debit_book, debit_id, 21, debit_id, amount_micros, "
        "account_id, worker_id, at FROM transfer WHERE kind = 8"
    )
    assert any("both vested and cancelled" in sentence for sentence in (await stage.books()).findings)


@pytest.mark.parametrize(("what", "statement", "difference", "finding"), TAMPERINGS, ids=[t[0] for t in TAMPERINGS])
async def test_tampering_shows(stage: Stage, what, statement, difference, finding):
    await busy_books(stage)
    await stage.pool.execute(statement)
    books = await stage.books()
    assert books.difference_micros == difference, books.findings
    assert any(finding in sentence for sentence in books.findings), books.findings


@pytest.mark.parametrize(("what", "statement", "least", "finding"), AFTER_A_SEAL, ids=[d[0] for d in AFTER_A_SEAL])
async def test_tampering_with_what_came_after_a_seal_shows(stage: Stage, what, statement, least, finding):
    now = stage.now
    await go_to(stage, months_ago(stage, 1))
    await disputed_books(stage)
    assert len(await seal(stage)) == 1
    await stage.change("UPDATE session SET present = false WHERE cell = $1")  # others work now
    await go_to(stage, now)
    await disputed_books(stage)
    assert (await stage.books(trusted=TRUSTED)).findings == []
    await stage.pool.execute(statement.replace(ITS_FIRST, ITS_LAST))
    books = await stage.books(trusted=TRUSTED)
    assert any(finding in sentence for sentence in books.findings), books.findings


async def test_a_negative_sum_shows_even_where_it_agrees(stage: Stage):
    account_id = await stage.account(100)
    await stage.pool.execute("ALTER TABLE balance DROP CONSTRAINT balance_not_negative")
    try:
        await stage.change("UPDATE balance SET available_micros = -40 WHERE cell = $1")
        await stage.change(
            "UPDATE transfer SET amount_micros = 140, debit_book = 10, debit_id = $2, credit_book = 1, "
            "credit_id = 0 WHERE cell = $1",
            account_id,
        )
        books = await stage.books()
        assert books.difference_micros == 100 + 40
        assert f"available of {account_id} is -40 micros" in books.findings
    finally:
        await stage.change("UPDATE balance SET available_micros = 0 WHERE cell = $1")
        await stage.pool.execute(
            "ALTER TABLE balance ADD CONSTRAINT balance_not_negative CHECK (available_micros >= 0)"
        )


async def test_a_task_that_ended_twice_shows(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.solve(account_id, worker_id)
    await stage.change(
        "INSERT INTO transfer (cell, cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros,"
        " account_id, worker_id, at) VALUES ($1, $2, 4, 0, 11, $3, 10, $3, 700, $3, 0, now())",
        task_id,
        account_id,
    )
    books = await stage.books()
    assert f"task {task_id} ended twice" in books.findings
    assert books.difference_micros == 700 + 700 + 1


async def test_the_table_itself_refuses_what_no_ledger_may_hold(stage: Stage):
    account_id = await stage.account()
    for column, value in (("amount_micros", 0), ("amount_micros", -5)):
        with pytest.raises(Exception, match="transfer_positive"):
            await stage.change(f"UPDATE transfer SET {column} = {value} WHERE cell = $1")
    with pytest.raises(Exception, match="transfer_two_sides"):
        await stage.change("UPDATE transfer SET debit_book = credit_book, debit_id = credit_id WHERE cell = $1")
    with pytest.raises(Exception, match="balance_not_negative"):
        await stage.change("UPDATE balance SET available_micros = -1 WHERE cell = $1 AND account_id = $2", account_id)


async def test_books_of_another_cell_are_not_looked_at(stage: Stage):
    await busy_books(stage)
    await stage.pool.execute("INSERT INTO balance VALUES (2, 1, 5)")
    assert (await stage.books()).difference_micros == 0


@pytest.mark.parametrize("table", ["transfer", "pending_pay", "work", "usage_minute", "report", "refund", "vote_slot"])
async def test_a_proof_may_take_longer_than_a_connection_lets_a_statement_take(stage: Stage, dsn, table):
    """Each lock stands for a large table: the client's own time limit runs out while the statement goes on."""
    patient = await asyncpg.connect(dsn, command_timeout=1)
    try:
        async with stage.transaction() as other:
            await other.execute(f"LOCK TABLE {table}")
            proof = asyncio.create_task(check_books(patient, stage.cell))
            await asyncio.wait([proof], timeout=1.5)
        assert (await proof).findings == []
    finally:
        await patient.close()
