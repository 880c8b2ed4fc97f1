"""getQueueStats: five numbers that anybody may ask for, from the workers and tasks there really are."""

import time
from typing import Any

import pytest

from manyeyes.roles.worker import WorkerDesk
from support import factories, task_lives
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.task_lives import Life


async def stats(client: Client, queue_id=1) -> dict[str, Any]:
    client.context.lookups.forget()  # its ten seconds are a test of their own
    return await factories.call(client, "getQueueStats", queueId=queue_id)


async def test_no_key_is_needed_and_the_members_are_six_numbers(calm: Client):
    reply = await stats(calm)
    assert set(reply) == REPLY_KEYS["getQueueStats"]
    assert {type(reply[name]) for name in ("errorId", "waiting", "total")} == {int}
    assert {type(reply[name]) for name in ("load", "bid", "speed")} == {float}


async def test_an_empty_queue_costs_its_price_and_has_nobody(calm: Client):
    assert await stats(calm) == {"errorId": 0, "waiting": 0, "load": 0.0, "bid": 0.0007, "speed": 0.0, "total": 0}


async def test_waiting_total_and_load_count_the_workers_who_are_present(calm: Client):
    customer, desk = await factories.customer(calm.context), WorkerDesk(calm.context)
    hands = [await factories.hand(calm.context) for _ in range(4)]
    await factories.submit(calm.context, customer)
    await factories.taken(calm.context, hands[0])
    for hand in hands[1:]:
        await desk.online(hand.worker)
    found = await stats(calm)
    assert (found["waiting"], found["total"], found["load"]) == (3, 4, 25.0)
    await desk.offline(hands[3].worker)
    found = await stats(calm)
    assert (found["waiting"], found["total"], found["load"]) == (2, 3, 33.33)


async def test_speed_and_bid_are_averages_of_the_last_tasks(calm: Client):
    customer = await factories.customer(calm.context)
    hands = [await factories.hand(calm.context, queues=(1, 2), languages=("en", "ru")) for _ in range(5)]
    now = int(time.time() * 1e6)
    await task_lives.live(calm.context, customer, hands, [Life(now, price_micros=700), Life(now, price_micros=900)])
    found = await stats(calm)
    assert (found["bid"], found["speed"]) == (0.0008, task_lives.HANDLING.total_seconds())


async def test_old_tasks_do_not_count(calm: Client):
    customer, hour = await factories.customer(calm.context), 3_600_000_000
    hands = [await factories.hand(calm.context, queues=(1, 2), languages=("en", "ru"))]
    await task_lives.live(calm.context, customer, hands, [Life(int(time.time() * 1e6) - hour, price_micros=900)])
    assert (await stats(calm))["speed"] == 0.0


@pytest.mark.parametrize("sent", ["1", 1.0, 1])
async def test_the_id_may_be_text_and_a_key_may_come_along(calm: Client, sent):
    reply = await factories.call(calm, "getQueueStats", queueId=sent, clientKey="whatever", templateName="x", softId=0)
    assert reply["bid"] == 0.0007


@pytest.mark.parametrize("unknown", [0, 6, 20, 29, 2**31 - 1])
async def test_a_queue_that_is_not_worked_on_here_has_zeros(calm: Client, unknown):
    assert set((await stats(calm, unknown)).values()) == {0}


@pytest.mark.parametrize(
    "body", [{}, {"queueId": None}, {"queueId": "one"}, {"queueId": -1}, {"queueId": [1]}, {"queueId": 2**31}]
)
async def test_an_id_that_cannot_be_read_is_24_and_named(calm: Client, body):
    reply = await factories.call(calm, "getQueueStats", **body)
    assert_error(reply, 24)
    assert "queueId" in reply["errorDescription"]


async def test_an_answer_is_kept_for_a_moment(calm: Client):
    first = await factories.call(calm, "getQueueStats", queueId=1)
    await WorkerDesk(calm.context).online((await factories.hand(calm.context)).worker)
    assert await factories.call(calm, "getQueueStats", queueId=1) == first
    assert (await stats(calm))["total"] == 1
