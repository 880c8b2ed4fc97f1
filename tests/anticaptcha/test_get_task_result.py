"""getTaskResult: pending, ready and failed as clients read them, to whom a task belongs, and for how long."""

import time
from typing import Any

import pytest

from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.actions.top_up_accounts import TopUp, top_up_accounts
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.workers.rules import SkipReason
from support import factories, task_lives
from support.anticaptcha_contract import COST, REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.task_lives import Life


async def created(client: Client, customer: factories.Customer, **options):
    return (await factories.call(client, "createTask", customer, task=factories.image_task(**options)))["taskId"]


async def five_hands(context: Context) -> list[Any]:
    return [await factories.hand(context, queues=(1, 2), languages=("en", "ru")) for _ in range(5)]


async def test_while_it_is_worked_on_the_reply_is_exactly_this(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    body = {"clientKey": customer.key, "taskId": await created(calm, customer)}
    assert (await calm.post("/getTaskResult", json=body)).text == '{"errorId":0,"status":"processing"}'
    await factories.taken(calm.context, hand)
    assert (await calm.post("/getTaskResult", json=body)).text == '{"errorId":0,"status":"processing"}'


async def test_a_ready_task_has_ten_members_of_the_types_that_clients_parse(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    before = int(time.time())
    task_id = await created(calm, customer)
    lease = await factories.taken(calm.context, hand)
    await WorkerDesk(calm.context).answer(hand.worker, lease.lease, "007")
    ready = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    assert set(ready) == REPLY_KEYS["getTaskResult, ready"]
    assert (ready["errorId"], ready["status"], ready["cost"], ready["ip"]) == (0, "ready", "0.000700", "203.0.113.7")
    assert COST.fullmatch(ready["cost"])
    assert {type(ready[name]) for name in ("createTime", "endTime", "solveCount")} == {int}
    assert before - 5 <= ready["createTime"] <= ready["endTime"] <= time.time() + 5
    assert ready["solveCount"] == 1
    assert set(ready["solution"]) == {"text", "url"}
    assert ready["solution"]["text"] == "007"


async def test_the_solutions_url_gives_the_picture(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    task_id = await factories.solve(calm.context, customer, hand)
    ready = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    assert ready["solution"]["url"].startswith("http://manyeyes.test/pictures/")
    picture = await calm.get(ready["solution"]["url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content == factories.picture_bytes()
    forged = ready["solution"]["url"][:-8] + "AAAA.png"
    assert (await calm.get(forged)).status_code == 404


async def test_a_result_may_be_read_again_and_says_the_same(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    task_id = await factories.solve(calm.context, customer, hand)
    replies = [await factories.call(calm, "getTaskResult", customer, taskId=task_id) for _ in range(3)]
    assert replies[0]["status"] == "ready"
    assert replies[0] == replies[1] == replies[2]


async def test_in_a_queue_of_three_people_it_is_ready_when_the_result_stands(calm: Client):
    context, customer = calm.context, await factories.customer(calm.context, "0.0025")
    hands = [await factories.hand(context) for _ in range(3)]
    three = PeopleTerms(answers=3, answers_at_most=4)
    await context.batcher.ask(change_queues, ChangeQueue(cell=1, queue_id=1, default_terms=three))
    context.lookups.forget()
    refused = await factories.call(calm, "createTask", customer, task=factories.image_task())
    assert_error(refused, 10)  # the most that it may cost is not there
    await context.batcher.ask(top_up_accounts, TopUp(1, await context.id_blocks.take(1), customer.account_id, 300))
    body = {"clientKey": customer.key, "taskId": await created(calm, customer)}
    for hand, text in zip(hands, ("007", "700", "007"), strict=True):
        assert (await calm.post("/getTaskResult", json=body)).text == '{"errorId":0,"status":"processing"}'
        lease = await factories.taken(context, hand)
        await WorkerDesk(context).answer(hand.worker, lease.lease, text)
    ready = (await calm.post("/getTaskResult", json=body)).json()
    assert set(ready) == REPLY_KEYS["getTaskResult, ready"]
    assert (ready["cost"], ready["solveCount"], ready["solution"]["text"]) == ("0.002100", 3, "007")
    balance = await factories.call(calm, "getBalance", customer)
    assert balance["balance"] == 0.0007


@pytest.mark.parametrize("spell", [str, float, lambda i: f" {i} "], ids=["text", "float", "padded text"])
async def test_the_id_may_come_back_as_text(calm: Client, spell):
    customer = await factories.customer(calm.context)
    task_id = await created(calm, customer)
    assert (await factories.call(calm, "getTaskResult", customer, taskId=spell(task_id)))["status"] == "processing"


async def test_what_clients_send_beside_the_id_is_ignored(calm: Client):
    customer = await factories.customer(calm.context)
    extra = {"isExtended": True, "errorId": 0, "errorCode": None, "errorDescription": None, "softId": 847}
    reply = await factories.call(calm, "getTaskResult", customer, taskId=await created(calm, customer), **extra)
    assert reply["status"] == "processing"


NO_IDS = [0, -1, 2**31, 2**40, 10**30, 1.5, True, None, "", "abc", "12a", "7e3", "9" * 400, [1], {"a": 1}]


@pytest.mark.parametrize("wrong", [*NO_IDS, "550e8400-e29b-41d4-a716-446655440000"], ids=lambda w: str(w)[:20])
async def test_what_is_no_id_is_16(calm: Client, wrong):
    customer = await factories.customer(calm.context)
    await created(calm, customer)
    assert_error(await factories.call(calm, "getTaskResult", customer, taskId=wrong), 16)


async def test_an_id_that_is_no_number_is_told_what_came(calm: Client):
    customer = await factories.customer(calm.context)
    reply = await factories.call(calm, "getTaskResult", customer, taskId="abc")
    assert "integer" in reply["errorDescription"]
    assert '"abc"' in reply["errorDescription"]
    assert_error(await factories.call(calm, "getTaskResult", customer), 16)


async def test_somebody_elses_task_is_16_whether_open_or_ready(calm: Client, nothing_left):
    owner, other = await factories.customer(calm.context), await factories.customer(calm.context)
    hand = await factories.hand(calm.context)
    ready = await factories.solve(calm.context, owner, hand)
    await WorkerDesk(calm.context).offline(hand.worker)
    pending = await created(calm, owner)
    async with nothing_left():
        for task_id in (ready, pending, pending + 1):
            assert_error(await factories.call(calm, "getTaskResult", other, taskId=task_id), 16)
    assert (await factories.call(calm, "getTaskResult", owner, taskId=ready))["status"] == "ready"


async def test_a_top_ups_serial_is_no_task(calm: Client):
    customer = await factories.customer(calm.context)
    async with calm.context.cells.pool(1).acquire() as db:
        serial = await db.fetchval("SELECT cause_id FROM transfer WHERE kind = 1")
    assert_error(await factories.call(calm, "getTaskResult", customer, taskId=serial), 16)


async def test_five_failures_are_error_12_and_charged(calm: Client):
    customer = await factories.customer(calm.context)
    now = int(time.time() * 1e6)
    [task_id] = await task_lives.live(
        calm.context, customer, await five_hands(calm.context), [Life(now, ending="unsolvable")]
    )
    assert_error(await factories.call(calm, "getTaskResult", customer, taskId=task_id), 12)
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 9.9993


async def test_a_task_that_nobody_took_is_error_12_and_not_charged(calm: Client):
    customer = await factories.customer(calm.context)
    now = int(time.time() * 1e6)
    [task_id] = await task_lives.live(calm.context, customer, [], [Life(now, ending="unanswered")])
    reply = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    assert_error(reply, 12)
    assert reply["errorDescription"] == "The task's time ran out: nobody tried it; it is not charged"
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 10.0


@pytest.mark.parametrize("ending", ["solved", "unsolvable", "unanswered"])
async def test_an_end_can_be_read_for_five_minutes(calm: Client, ending):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    now = int(time.time() * 1e6)
    old, young = Life(now - 301_000_000, ending=ending), Life(now - 240_000_000, ending=ending)
    gone, there = await task_lives.live(calm.context, customer, hands, [old, young])
    assert_error(await factories.call(calm, "getTaskResult", customer, taskId=gone), 16)
    reply = await factories.call(calm, "getTaskResult", customer, taskId=there)
    assert reply.get("status") == "ready" if ending == "solved" else reply["errorId"] == 12


async def test_solve_count_is_how_many_workers_tried(calm: Client):
    customer, first, second = (
        await factories.customer(calm.context),
        await factories.hand(calm.context),
        await factories.hand(calm.context),
    )
    task_id = await created(calm, customer)
    desk = WorkerDesk(calm.context)
    await desk.skip(first.worker, (await factories.taken(calm.context, first)).lease, SkipReason.UNREADABLE)
    lease = await factories.taken(calm.context, second)
    await desk.answer(second.worker, lease.lease, "12345")
    assert (await factories.call(calm, "getTaskResult", customer, taskId=task_id))["solveCount"] == 2


async def test_the_times_are_whole_seconds_of_submission_and_end(calm: Client):
    customer, hands = await factories.customer(calm.context), await five_hands(calm.context)
    end = int(time.time()) - 100
    [task_id] = await task_lives.live(calm.context, customer, hands, [Life(end * 1_000_000 + 999_999)])
    ready = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    assert (ready["createTime"], ready["endTime"]) == (end - 6, end)


async def test_a_task_that_its_customer_took_back_is_12_and_free(client: Client):
    customer = await factories.customer(client.context, "1.00")
    task_id = (await factories.call(client, "createTask", customer, task=factories.image_task()))["taskId"]
    reply = await client.delete(f"/v1/tasks/{task_id}", headers={"authorization": f"Bearer {customer.key}"})
    assert reply.status_code == 200
    told = await factories.call(client, "getTaskResult", customer, taskId=task_id)
    assert_error(told, 12)
    assert told["errorDescription"].endswith("its customer cancelled it; it is not charged")
    assert (await factories.call(client, "getBalance", customer))["balance"] == 1
