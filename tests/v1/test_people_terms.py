"""`terms` of /v1 tasks: several people, until it is sure, within a price; and what of them is refused."""

import base64
from typing import Any

import httpx
import pytest

from support import factories
from support.in_process_client import Client
from support.several_hands import hands

PICTURE = base64.b64encode(factories.picture_bytes()).decode()
NUMBER = {"kind": "number", "words": "the counter"}


async def post(client: Client, customer: factories.Customer, **terms: Any) -> httpx.Response:
    body = {"picture": PICTURE, "question": NUMBER, "terms": terms}
    return await client.post("/v1/tasks", headers={"authorization": f"Bearer {customer.key}"}, json=body)


async def seen(client: Client, customer: factories.Customer, path: str) -> Any:
    return (await client.get(path, headers={"authorization": f"Bearer {customer.key}"})).json()


async def available(client: Client, customer: factories.Customer) -> str:
    return str((await seen(client, customer, "/v1/balance"))["available"])


async def test_three_people_are_asked_and_the_majority_is_the_result(client: Client, customer: factories.Customer):
    people = await hands(client, 3)
    made = await post(client, customer, answers=3)
    assert made.status_code == 201, made.text
    task = made.json()
    assert task["terms"] == {"answers": 3, "answers_at_most": 4, "wrong_at_most": None, "uncertain": "return"}
    assert task["price"] == "0.002800"
    assert task["state"] in ("waiting", "answering")  # they are quick
    assert await available(client, customer) == "9.997200"  # the most that it may cost
    await people.answer("12", "13")
    assert (await seen(client, customer, made.headers["location"]))["result"] is None
    assert len(await people.answer("12")) == 1
    found = await seen(client, customer, made.headers["location"])
    result = found["result"]
    assert (result["value"], result["answers"], result["from"], result["proven"]) == (12, 3, "people", False)
    assert not result["uncertain"]
    assert 0.5 < result["confidence"] < 1
    assert (found["cost"], await available(client, customer)) == ("0.002100", "9.997900")


async def test_a_result_that_is_not_sure_is_called_uncertain(client: Client, customer: factories.Customer):
    people = await hands(client, 2)
    made = await post(client, customer, answers=2, answers_at_most=2, wrong_at_most=0.01)
    await people.answer("12", "13")
    result = (await seen(client, customer, made.headers["location"]))["result"]
    assert (result["uncertain"], result["proven"], result["answers"]) == (True, False, 2)


async def test_uncertain_results_are_listed_by_themselves(client: Client, customer: factories.Customer):
    people = await hands(client, 2)
    ids = []
    for texts in (("12", "13"), ("14", "14"), ("15", "16")):
        ids.append((await post(client, customer, answers=2, answers_at_most=2)).json()["id"])
        await people.answer(*texts)
    for query in ("uncertain=true", "uncertain=true&state=done"):
        found = await seen(client, customer, f"/v1/tasks?{query}")
        assert sorted(task["id"] for task in found["items"]) == [ids[0], ids[2]], query
    place, changed = "", list[int]()
    while len(changed) < 2:  # what has just ended is told when nothing can end before it any more
        page = await seen(client, customer, f"/v1/tasks?uncertain=true&since={place}")
        place, changed = page["next"], changed + [task["id"] for task in page["items"]]
    assert changed == [ids[0], ids[2]]
    assert len((await seen(client, customer, "/v1/tasks?uncertain="))["items"]) == 3
    refused = await seen(client, customer, "/v1/tasks?uncertain=false")
    assert (refused["status"], refused["refusal"]) == (400, "unreadable")


async def test_a_price_bounds_how_many_people_are_asked(client: Client, customer: factories.Customer):
    await hands(client, 3)
    made = await post(client, customer, answers=2, answers_at_most=7, price_at_most="0.003")
    assert made.json()["terms"]["answers_at_most"] == 4
    assert made.json()["price"] == "0.002800"


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"answers": 0}, 422, "/terms/answers"),
    ({"answers": 21}, 422, "/terms/answers"),
    ({"answers": 4}, 422, "/terms/answers"),  # three people take tasks of the queue
    ({"answers": 3, "answers_at_most": 2}, 422, "/terms/answers_at_most"),
    ({"answers": 3, "answers_at_most": 21}, 422, "/terms/answers_at_most"),
    ({"wrong_at_most": 0}, 422, "/terms/wrong_at_most"),
    ({"wrong_at_most": 1}, 422, "/terms/wrong_at_most"),
    ({"wrong_at_most": -0.1}, 422, "/terms/wrong_at_most"),
    ({"uncertain": "review"}, 422, "/terms/uncertain"),
    ({"answers": 1, "uncertain": "review"}, 422, "/terms/uncertain"),
    ({"answers_at_most": 7}, 422, "/terms/answers_at_most"),  # the first answer settles it
    ({"answers": 1, "answers_at_most": 2}, 422, "/terms/answers_at_most"),
    ({"answers": 1, "answers_at_most": 1, "wrong_at_most": 0.1}, 422, "/terms/answers_at_most"),
    (
        {"answers": 1, "answers_at_most": 2, "wrong_at_most": 0.1, "price_at_most": "0.0007"},
        402,
        "/terms/price_at_most",
    ),
    ({"answers": 3, "price_at_most": "0.002"}, 402, "/terms/price_at_most"),
    ({"wrong_at_most": 0.1, "price_at_most": "0.001"}, 402, "/terms/price_at_most"),
    ({"answers": "3"}, 400, "/terms/answers"),
    ({"answers": 2.5}, 400, "/terms/answers"),
    ({"uncertain": "guess"}, 400, "/terms/uncertain"),
    ({"votes": 3}, 400, "/terms"),
]


@pytest.mark.parametrize(("terms", "status", "pointer"), REFUSED)
@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/jobs"])
async def test_terms_that_cannot_be_met_are_named_and_leave_nothing(
    client: Client, customer: factories.Customer, path: str, terms: dict[str, Any], status: int, pointer: str
):
    for _ in range(3):
        await factories.hand(client.context)
    body = {"picture": PICTURE} if path == "/v1/tasks" else {"name": "a job", "question": NUMBER}
    headers = {"authorization": f"Bearer {customer.key}"}
    reply = await client.post(path, headers=headers, json={**body, "terms": terms})
    assert reply.status_code == status, reply.text
    assert [each["pointer"] for each in reply.json()["errors"]] == [pointer]
    assert (await seen(client, customer, path))["items"] == []
    assert await available(client, customer) == "10.000000"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_a_share_that_is_no_number_is_refused(client: Client, customer: factories.Customer, number: str):
    content = f'{{"picture":"{PICTURE}","terms":{{"wrong_at_most":{number}}}}}'
    headers = {"authorization": f"Bearer {customer.key}"}
    reply = await client.post("/v1/tasks", headers=headers, content=content)
    assert reply.status_code in (400, 422), reply.text
    assert (await seen(client, customer, "/v1/tasks"))["items"] == []


async def test_the_most_that_it_may_cost_must_be_there(client: Client):
    poor = await factories.customer(client.context, balance="0.002799")
    await hands(client, 3)
    refused = await post(client, poor, answers=3)
    assert (refused.status_code, refused.json()["refusal"]) == (402, "balance_too_low")
    assert refused.json()["detail"] == "the balance is below 0.002800 USD, the most it may cost"
    assert await available(client, poor) == "0.002799"
    assert (await post(client, poor, answers=3, answers_at_most=3)).status_code == 201


async def test_one_more_person_who_comes_makes_it_possible(client: Client, customer: factories.Customer):
    refused = await post(client, customer, answers=2)
    assert refused.json()["detail"] == "/terms/answers: no people take tasks of this queue, and nobody is asked twice"
