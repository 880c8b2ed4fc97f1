"""queueId in createTask: which queue a task goes to when one is named, and what beside it does not decide."""

import unicodedata
from typing import Any

import msgspec
import pytest

from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.actions.open_gates import OpenGate, open_gates
from manyeyes.tasks.rules import QueueTerms
from support import factories, proven_sites
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client

NAMES = {101: "Meters", 102: "Street signs", 103: "7", 105: "Biển số"}


@pytest.fixture
async def many(calm: Client) -> Client:
    """Three queues of one language beside those that are seeded."""
    pattern = (await calm.context.lookups.queues())[1]
    for queue_id, name in NAMES.items():
        queue: QueueTerms = msgspec.structs.replace(pattern, queue_id=queue_id, name=name, language="vi")
        await calm.context.batcher.ask(open_gates, OpenGate(1, queue_id))
        await calm.context.batcher.ask(add_queues, AddQueue(1, queue))
    calm.context.lookups.forget()
    return calm


async def create(client: Client, in_task: dict[str, Any], **beside: Any) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    return await factories.call(client, "createTask", customer, task=factories.image_task(**in_task), **beside)


async def queue_of(client: Client, reply: dict[str, Any]) -> int:
    assert reply["errorId"] == 0, reply
    query = "SELECT queue_id FROM task WHERE task_id = $1"
    return int(await client.context.cells.pool(1).fetchval(query, reply["taskId"]))


@pytest.mark.parametrize(
    ("said", "queue_id"),
    [
        *((102, 102), ("102", 102), ("Street signs", 102), (" Street signs\n", 102), (102.0, 102), ("7", 103)),
        *(("Biển số", 105), (unicodedata.normalize("NFD", "Biển số"), 105), ("\ufeffBiển\u3000số", 105)),
        *((1, 1), ("English ImageToText", 1), (None, 1), ("", 1), (0, 1), ("0", 1), (False, 1)),
    ],
)
async def test_a_queue_is_named_by_number_or_name_in_the_task_or_beside_it(many: Client, said: Any, queue_id: int):
    assert await queue_of(many, await create(many, {"queueId": said})) == queue_id
    assert await queue_of(many, await create(many, {}, queueId=said)) == queue_id


async def test_a_named_queue_wins_over_the_language_pool_that_libraries_fill_in(many: Client):
    assert await queue_of(many, await create(many, {"languagePool": "en", "queueId": 102})) == 102
    assert await queue_of(many, await create(many, {"languagePool": "vi"})) == 101
    assert await queue_of(many, await create(many, {}, languagePool="rn", queueId="Meters")) == 101


async def test_the_same_queue_said_twice_is_one_and_two_are_refused(many: Client):
    assert await queue_of(many, await create(many, {"queueId": 102}, queueId="Street signs")) == 102
    reply = await create(many, {"queueId": 102}, queueId=101)
    assert_error(reply, 24)
    assert "another one beside it" in reply["errorDescription"]


@pytest.mark.parametrize("said", [104, "street", "Street Signs", -1, 1.5, True, [102], {"id": 1}, "6", 27, "²"])
async def test_a_queue_that_is_none_for_pictures_is_24_and_those_that_are_get_named(many: Client, said: Any):
    reply = await create(many, {"queueId": said})
    assert_error(reply, 24)
    assert "queueId" in reply["errorDescription"]
    if isinstance(said, (int, str)) and not isinstance(said, bool):
        assert "102 (Street signs)" in reply["errorDescription"]
        assert "Turnstile" not in reply["errorDescription"]


async def test_what_is_no_queue_is_told_as_it_was_sent(many: Client):
    assert (await create(many, {"queueId": 999}))["errorDescription"].endswith("received 999")
    assert (await create(many, {"queueId": "999"}))["errorDescription"].endswith('received the string "999"')
    assert (await create(many, {"queueId": 998}, queueId=102))["errorDescription"].endswith("received 998")


async def test_a_worker_of_that_queue_gets_the_task_and_one_of_another_does_not(many: Client):
    signs = await factories.hand(many.context, queues=(102,), languages=("vi",))
    meters = await factories.hand(many.context, queues=(101,), languages=("vi",))
    await create(many, {"queueId": "Street signs"})
    assert (await many.post("/v1/worker/online", headers=meters.headers, json={})).status_code == 200
    assert (await many.get("/v1/worker/next?wait=0.1", headers=meters.headers)).status_code == 204
    assert (await factories.taken(many.context, signs)).queue.queue_id == 102


async def test_a_token_has_the_queue_of_its_kind_and_another_one_is_refused(calm: Client):
    customer = await factories.customer(calm.context)
    await proven_sites.add_proven_site(calm.context, customer.account_id)
    task = {"type": "TurnstileTask", "websiteURL": "https://shop.example/", "websiteKey": proven_sites.KEY}
    for said in (27, "27", None):
        made = await factories.call(calm, "createTask", customer, task=task, queueId=said)
        assert await queue_of(calm, made) == 27
    for said in (1, 26, 6):
        assert_error(await factories.call(calm, "createTask", customer, task={**task, "queueId": said}), 24)
