"""check_books of tasks that take several answers: honest books hold, and every kind of tampering shows."""

import pytest

from manyeyes.actions.cancel_tasks import CancelTask, cancel_tasks
from manyeyes.actions.vest_pay import VestPay, vest_pay
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.ledger.rules import PENDING_SECONDS
from support.action_stage import PRICE, Stage
from support.panel_tables import answer_all, team

TWO = PeopleTerms(answers=2, answers_at_most=3)
OVER = "task_id = (SELECT min(task_id) FROM panel WHERE state = 2 AND given = 2)"
OPEN = "state = 0"
ITS_SEAT = "answer_id = (SELECT min(answer_id) FROM answer)"


async def busy_books(stage: Stage) -> None:
    """Play tasks to every end: vested, refused with one who said otherwise, cancelled, half answered, untouched."""
    account_id, people = await stage.account(100_000), await team(stage, 3)
    await stage.submit(account_id, terms=TWO)
    await answer_all(stage, people, "12345", "12345")
    stage.later(PENDING_SECONDS)
    await stage.act(vest_pay, VestPay(stage.cell))
    refused = await stage.submit(account_id, terms=PeopleTerms(answers=3, answers_at_most=3))
    await answer_all(stage, people, "12345", "99", "12345")
    await stage.complain(account_id, refused)
    await stage.judge("confirm", "confirm")
    cancelled = await stage.submit(account_id, terms=TWO)
    await stage.act(cancel_tasks, CancelTask(stage.cell, account_id, cancelled))
    await stage.submit(account_id, terms=TWO)
    for worker_id in people[1:]:
        await stage.go(worker_id)
    await answer_all(stage, people, "12345")
    await stage.submit(account_id, terms=TWO)


async def test_honest_books_balance(stage: Stage):
    await busy_books(stage)
    books = await stage.books()
    assert (books.difference_micros, books.findings) == (0, [])
    assert books.open_tasks_held_micros == 2 * 3 * PRICE


TAMPERINGS = [
    ("a seat that vanished", "DELETE FROM work WHERE task_id = (SELECT max(task_id) FROM work)", "open seats of task"),
    (
        "a seat too many counted",
        f"UPDATE panel SET open = open + 1, seats = seats + 1 WHERE {OPEN}",
        "open seats of task",
    ),
    ("seats that were forgotten", f"UPDATE panel SET seats = 1 WHERE {OPEN}", "the number of seats of task"),
    ("an answer that vanished", f"DELETE FROM answer WHERE {ITS_SEAT}", "the number of answers of task"),
    ("an answer not counted", f"UPDATE panel SET given = 1 WHERE {OVER}", "the number of answers of task"),
    (
        "somebody who answered twice",
        "UPDATE answer SET worker_id = (SELECT min(worker_id) FROM answer)",
        "answered twice",
    ),
    ("somebody who was not asked", f"UPDATE answer SET worker_id = 987654 WHERE {ITS_SEAT}", "were not asked"),
    ("a hold that grew", f"UPDATE panel SET held_micros = held_micros + 7 WHERE {OPEN}", "what is held of task"),
    (
        "a hold that vanished",
        "DELETE FROM transfer WHERE kind = 2 AND cause_id = (SELECT max(task_id) FROM panel)",
        "held",
    ),
    ("a result that came too early", f"UPDATE panel SET state = 0 WHERE {OVER}", "whether it is over"),
    ("a result that vanished", f"DELETE FROM result WHERE {OVER}", "whether it is over"),
    ("a result of more people", f"UPDATE result SET answers = 3 WHERE {OVER}", "answers of the result of task"),
    ("a result of one person", f"UPDATE result SET worker_id = 1 WHERE {OVER}", "whose word the result is"),
    ("a dearer result", f"UPDATE result SET charged_micros = 1 + charged_micros WHERE {OVER}", "what the result cost"),
    ("a charge that vanished", "DELETE FROM transfer WHERE kind = 3 AND n = 1", "the number of charges of task"),
    ("two charges in one", "UPDATE transfer SET amount_micros = 1400 WHERE kind = 3 AND n = 0", "what the result cost"),
    ("dearer answers", "UPDATE panel SET price_micros = 900 WHERE state = 2", "what the answers cost of task"),
    ("pay that grew", f"UPDATE answer SET pay_micros = pay_micros + 1 WHERE {ITS_SEAT}", "the pay of answer"),
    ("a pay that vanished", "DELETE FROM transfer WHERE kind = 5", "the pay of answer"),
    ("a vesting that vanished", "DELETE FROM transfer WHERE kind = 6", "what became of the pay of answer"),
    ("a pay that waits no more", "DELETE FROM pending_pay", "what became of the pay of answer"),
    ("a refusal that was forgotten", "UPDATE answer SET refuted_at = NULL", "whether it was refused of answer"),
    ("a refusal of all", "UPDATE answer SET refuted_at = answered_at", "whether it was refused of answer"),
    ("a cancelled pay that came back", "DELETE FROM transfer WHERE kind = 8", "pay that complaints cancelled"),
    ("a report that took less", "UPDATE report SET cancelled_micros = 1", "pay that complaints cancelled"),
    ("pay kept for ever", "UPDATE pending_pay SET due_at = 'infinity'", "pay that waits for nothing of answer"),
]


@pytest.mark.parametrize(("what", "statement", "finding"), TAMPERINGS, ids=[t[0] for t in TAMPERINGS])
async def test_tampering_shows(stage: Stage, what: str, statement: str, finding: str):
    await busy_books(stage)
    await stage.pool.execute(statement)
    books = await stage.books()
    assert books.difference_micros > 0
    assert any(finding in sentence for sentence in books.findings), books.findings


async def test_a_gap_is_counted_by_how_much_is_wrong(stage: Stage):
    await busy_books(stage)
    await stage.pool.execute(f"UPDATE result SET charged_micros = charged_micros + 13 WHERE {OVER}")
    (task,) = await stage.rows("panel", "min(task_id) AS id", "state = 2 AND given = 2")
    books = await stage.books()
    assert books.findings == [
        f"what the answers cost of task {task['id']} is off by 13",
        f"what the result cost of task {task['id']} is off by 13",
    ]
    assert books.difference_micros == 26
    await stage.pool.execute("UPDATE pending_pay SET amount_micros = amount_micros + 3")
    told = [sentence for sentence in (await stage.books()).findings if "became" in sentence]
    assert len(told) == 2, "the one who kept their pay, and the one whose task is open"
    assert all(sentence.endswith("is off by 3") for sentence in told)
