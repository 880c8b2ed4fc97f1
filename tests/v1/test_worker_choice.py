"""/v1/worker/choice: which queues and languages somebody takes, what waits there, and that it counts at once."""

from typing import Any

import pytest

from manyeyes.actions.choose_work import ChooseWork, choose_work
from manyeyes.roles.house.workers import WorkerChange, change_worker
from manyeyes.runtime.periodic import measure
from manyeyes.values.actor import BY_ITSELF
from manyeyes.workers.rules import WorkChoice
from support import factories
from support.factories import Hand
from support.in_process_client import Client

PATH = "/v1/worker/choice"


@pytest.fixture
async def ada(client: Client) -> Hand:
    """Ada, who was given queues in two languages, both of which she speaks."""
    return await factories.hand(client.context, queues=(1, 2), languages=("en", "ru"))


async def put(client: Client, hand: Hand, **body: Any) -> tuple[int, Any]:
    reply = await client.put(PATH, headers=hand.headers, json=body)
    return reply.status_code, reply.json()


async def online(client: Client, hand: Hand, **body: Any) -> tuple[int, Any]:
    reply = await client.post("/v1/worker/online", headers=hand.headers, json=body)
    found = reply.json()
    return reply.status_code, [each["id"] for each in found["queues"]] if reply.is_success else found["refusal"]


async def at_work(client: Client, hand: Hand) -> list[int]:
    found = (await client.get("/v1/worker/session", headers=hand.headers)).json()
    return [each["id"] for each in found["queues"]]


async def give(client: Client, hand: Hand, *queues: int) -> None:
    """Let the operator say which queues somebody may do."""
    assert await change_worker(client.context, hand.worker.worker_id, WorkerChange(queues=queues), BY_ITSELF) is None
    client.context.lookups.forget()


def taken(view: Any) -> tuple[list[int], list[str]]:
    queues = [each["queue"]["id"] for each in view["queues"] if each["taken"]]
    return queues, [each["language"] for each in view["languages"] if each["taken"]]


async def test_all_is_taken_until_something_is_chosen_and_it_says_what_waits_for_what_pay(client: Client, ada: Hand):
    customer = await factories.customer(client.context)
    for _ in range(3):
        await factories.submit(client.context, customer)
    await measure(client.context, 1)
    await factories.mark_queue(client.context, queue_id=2)
    found = (await client.get(PATH, headers=ada.headers)).json()
    assert taken(found) == ([1, 2], ["en", "ru"])
    told = [(each["waiting"], each["pay"], each["agreed"], each["below_floor"]) for each in found["queues"]]
    assert told == [(3, 0.0005, True, False), (0, 0.0005, False, False)]


async def test_coming_takes_just_what_was_chosen_and_a_list_still_wins(client: Client, ada: Hand):
    status, view = await put(client, ada, queues=[2])
    assert (status, taken(view)) == (200, ([2], ["en", "ru"]))
    assert await online(client, ada) == (200, [2])
    assert await online(client, ada, queues=[1]) == (200, [1])
    assert (await put(client, ada, languages=["en"]))[0] == 200
    assert await online(client, ada) == (200, [1])
    assert await online(client, ada, languages=["ru"]) == (200, [2])


async def test_at_work_it_counts_at_once_both_ways(client: Client, ada: Hand):
    await online(client, ada)
    await put(client, ada, queues=[1])
    assert await at_work(client, ada) == [1]
    await put(client, ada, queues=[2])
    assert await at_work(client, ada) == [2]
    await put(client, ada)
    assert sorted(await at_work(client, ada)) == [1, 2]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"queues": []}, "none_taken"),
        ({"languages": []}, "none_taken"),
        ({"queues": [1], "languages": ["ru"]}, "none_taken"),
        ({"queues": [1, 99]}, "queue_not_allowed"),
        ({"languages": ["en", "vi"]}, "queue_not_allowed"),
    ],
)
async def test_what_leaves_nothing_or_was_not_given_is_refused_and_changes_nothing(client, ada, body, refusal):
    await put(client, ada, queues=[1])
    await online(client, ada)
    status, problem = await put(client, ada, **body)
    assert (status, problem["refusal"]) == (422, refusal)
    assert problem["detail"]
    assert taken((await client.get(PATH, headers=ada.headers)).json())[0] == [1] == await at_work(client, ada)


async def test_what_the_operator_gives_is_on_and_what_they_take_is_gone(client: Client, ada: Hand):
    await give(client, ada, 1)
    await put(client, ada, queues=[1])
    await give(client, ada, 1, 2)
    assert taken((await client.get(PATH, headers=ada.headers)).json())[0] == [1, 2]
    await put(client, ada, queues=[1])
    await give(client, ada, 2)
    assert await online(client, ada) == (422, "none_taken")
    assert await online(client, ada, queues=[2]) == (200, [2])


async def test_below_the_floor_of_all_that_is_kept_is_refused(client: Client, ada: Hand):
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute(
            "INSERT INTO skill (cell, queue_id, worker_id, as_of, barred_at) VALUES (1, 2, $1, now(), now())",
            ada.worker.worker_id,
        )
    status, problem = await put(client, ada, queues=[2])
    assert (status, problem["refusal"]) == (409, "below_floor")
    assert (await client.get(PATH, headers=ada.headers)).json()["queues"][1]["below_floor"]


async def test_a_choice_is_each_workers_own(client: Client, ada: Hand):
    other = await factories.hand(client.context, queues=(1, 2), languages=("en", "ru"))
    await client.context.batcher.ask(choose_work, ChooseWork(ada.worker.worker_id, WorkChoice((1,), ())))
    assert await online(client, other) == (200, [1, 2])
