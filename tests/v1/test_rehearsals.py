"""`rehearsal` of a draft: what its people will bring, a guess while nothing is known of them."""

from typing import Any

import pytest

from manyeyes.roles.customer import queue_pace, rehearsing
from support import factories
from support.agreeing_people import PETS, agreed_job
from support.in_process_client import Client
from support.job_calls import JobCustomer, items
from support.several_hands import hands

THREE = {"answers": 3, "answers_at_most": 3}


@pytest.fixture
async def customer(client: Client, monkeypatch: pytest.MonkeyPatch) -> JobCustomer:
    monkeypatch.setattr(rehearsing, "FRESH_SECONDS", -1.0)
    monkeypatch.setattr(queue_pace, "FRESH_SECONDS", -1.0)
    return JobCustomer(client, await factories.customer(client.context))


async def known(client: Client, worker_id: int, right: float, wrong: float, *, days: int = 0) -> None:
    """Let so much be known of a worker of the first queue, that many days ago."""
    await client.context.cells.directory.execute(
        "INSERT INTO skill (cell, queue_id, worker_id, right_weight, wrong_weight, as_of) "
        "VALUES (1, 1, $1, $2, $3, now() - make_interval(days => $4))",
        *(worker_id, right, wrong, days),
    )


async def rehearsed(customer: JobCustomer, **given: Any) -> Any:
    job_id = await customer.draft(items(4), **{"question": PETS, **given})
    return (await customer.ask("GET", f"/{job_id}"))["rehearsal"]


async def test_of_people_nobody_knows_it_is_a_guess_with_a_wide_band(client: Client, customer: JobCustomer):
    told = await rehearsed(customer)
    assert (told["items"], told["known"], told["seconds"]) == (4, 0, None)
    assert told["accuracy"]["expected"] == pytest.approx(0.8, abs=0.01)
    assert told["accuracy"]["high"] - told["accuracy"]["low"] > 0.5
    assert told["cost"] == {"cost": "0.002800", "cost_low": "0.002800", "cost_high": "0.002800"}
    assert told["people"] == {"expected": 1.0, "low": 1.0, "high": 1.0}


async def test_what_is_known_makes_it_narrow_and_three_are_better_than_one(client: Client, customer: JobCustomer):
    people = await hands(client, 3)
    for hand in people.hands:
        await known(client, hand.worker.worker_id, 180, 20)
    one, three = await rehearsed(customer), await rehearsed(customer, terms=THREE)
    assert (one["known"], three["known"]) == (3, 3)
    assert one["accuracy"]["expected"] == pytest.approx(0.9, abs=0.01)
    assert three["accuracy"]["expected"] > one["accuracy"]["expected"]
    assert three["people"]["expected"] == 3
    assert three["cost"]["cost"] == "0.008400"


async def test_what_was_seen_long_ago_fades(client: Client, customer: JobCustomer):
    (hand,) = (await hands(client, 1)).hands
    await known(client, hand.worker.worker_id, 0, 40, days=300)
    assert (await rehearsed(customer))["accuracy"]["expected"] == pytest.approx(0.8, abs=0.02)


async def test_whoever_is_barred_is_not_reckoned_with(client: Client, customer: JobCustomer):
    (hand,) = (await hands(client, 1)).hands
    await known(client, hand.worker.worker_id, 0, 40)
    await client.context.cells.directory.execute("UPDATE skill SET barred_at = now()")
    assert (await rehearsed(customer))["known"] == 0


async def test_how_far_people_err_together_is_learnt_from_gold_that_several_had(client: Client, customer: JobCustomer):
    await hands(client, 3)
    before = await rehearsed(customer, terms=THREE)
    assert before["difficulty"] is None
    await client.context.cells.directory.execute(
        "INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, asked, wrong, created_at) "
        "SELECT 1, n, 1, 1, 0, 'a', 0, 5, 5 * (n % 5 = 0)::int, now() FROM generate_series(1, 100) AS n"
    )
    told = await rehearsed(customer, terms=THREE)
    assert told["difficulty"] == 0.8
    assert told["accuracy"]["expected"] < before["accuracy"]["expected"], "together they are hardly better than one"


async def test_the_time_follows_the_answers_of_the_last_quarter_of_an_hour(client: Client, customer: JobCustomer):
    await agreed_job(customer, await hands(client, 3))
    told = await rehearsed(customer, terms=THREE)
    assert told["seconds"]["expected"] == pytest.approx(4 * 3 * 900 / 36, rel=0.001)  # 36 answers in 900 seconds
    assert told["seconds"]["low"] < told["seconds"]["expected"] < told["seconds"]["high"]


async def test_a_draft_without_pictures_is_reckoned_for_a_hundred_and_others_not_at_all(
    client: Client, customer: JobCustomer
):
    made = await customer.ask("POST", "", {"name": "empty", "question": PETS, "terms": {}})
    assert made["rehearsal"]["items"] == 100
    assert [job["rehearsal"] for job in (await customer.ask("GET", ""))["items"]] == [None]
    job_id = await customer.draft(items(1), question=PETS)
    assert (await customer.ask("POST", f"/{job_id}/start"))["rehearsal"] is None
