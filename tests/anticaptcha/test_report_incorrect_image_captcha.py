"""reportIncorrectImageCaptcha: the contract's request and both its answers, and one code for every refusal."""

import json
import time
from typing import Any

import pytest

from support import factories
from support.anticaptcha_contract import ERROR_KEYS, REPLY_KEYS, assert_error
from support.in_process_client import Client

METHOD = "reportIncorrectImageCaptcha"
SAMPLE_REQUEST = '{\n  "clientKey":"YOUR_API_KEY",\n  "taskId":12345\n}'
SAMPLE_SUCCESS = {"errorId": 0, "status": "success"}
SAMPLE_REFUSED = {
    "errorId": 16,
    "errorCode": "ERROR_NO_SUCH_CAPCHA_ID",
    "errorDescription": "Task you are requesting does not exist in your current task list or has been expired.",
}


@pytest.fixture
async def solved(calm: Client) -> tuple[factories.Customer, factories.Hand, int]:
    """A customer, a worker, and a task that was just solved."""
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    return customer, hand, await factories.solve(calm.context, customer, hand)


async def age(client: Client, seconds) -> None:
    """Let everything that has ended have ended so much earlier, by the database's clock."""
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - make_interval(secs => $1)", seconds)


async def refused(client: Client) -> dict[Any, Any]:
    async with client.context.cells.pool(1).acquire() as db:
        return {row["reason"]: row["times"] for row in await db.fetch("SELECT reason, times FROM refused_report")}


async def test_the_sample_s_request_is_answered_with_the_sample_s_success(calm: Client, solved):
    customer, _, task_id = solved
    body = SAMPLE_REQUEST.replace("YOUR_API_KEY", customer.key).replace("12345", str(task_id))
    headers = {"accept": "application/json", "content-type": "application/json"}
    reply = await calm.post(f"/{METHOD}", content=body, headers=headers)
    assert reply.status_code == 200
    assert reply.text == '{"errorId":0,"status":"success"}'
    assert json.loads(reply.text) == SAMPLE_SUCCESS
    assert set(SAMPLE_SUCCESS) == REPLY_KEYS[METHOD]


async def test_the_sample_s_refusal_to_the_letter(calm: Client):
    reply = await factories.call(calm, METHOD, await factories.customer(calm.context), taskId=12345)
    assert reply == SAMPLE_REFUSED
    assert set(reply) == ERROR_KEYS
    assert await refused(calm) == {"unknown_task": 1}


@pytest.mark.parametrize("path", [METHOD.lower(), METHOD.upper(), f"{METHOD}%20", f"{METHOD}/"])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_however_the_path_and_the_content_type_are_written(calm: Client, solved, path, content_type):
    customer, _, task_id = solved
    body = json.dumps({"clientKey": customer.key, "taskId": str(task_id)})
    reply = await calm.post(f"/{path}", content=body, headers={"content-type": content_type})
    assert reply.json() == SAMPLE_SUCCESS


async def test_every_refusal_looks_alike_on_the_wire_and_keeps_its_reason_inside(calm: Client, solved):
    customer, hand, task_id = solved
    stranger = await factories.customer(calm.context)
    assert await factories.call(calm, METHOD, stranger, taskId=task_id) == SAMPLE_REFUSED
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_SUCCESS
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_REFUSED
    late = await factories.solve(calm.context, customer, hand)
    await age(calm, 60)
    assert await factories.call(calm, METHOD, customer, taskId=late) == SAMPLE_REFUSED
    russian = await factories.hand(calm.context, queues=(2,), languages=("ru",))
    task_id = await factories.solve(calm.context, customer, russian, queue_id=2)
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_REFUSED
    reasons = ("unknown_task", "report_repeated", "report_late", "report_not_accepted")
    assert await refused(calm) == dict.fromkeys(reasons, 1)


@pytest.mark.parametrize("seconds", [59.0, 60.5])
async def test_the_window_is_by_the_databases_clock(calm: Client, solved, seconds):
    """A second is left for the call itself; the exact limit is tested where the clock can be moved."""
    customer, _, task_id = solved
    await age(calm, seconds - 1)
    reply = await factories.call(calm, METHOD, customer, taskId=task_id) if seconds < 60 else None
    await age(calm, 1)
    assert (reply or await factories.call(calm, METHOD, customer, taskId=task_id)) == (
        SAMPLE_SUCCESS if seconds < 60 else SAMPLE_REFUSED
    )


@pytest.mark.parametrize("task_id", [None, "abc", 1.5, True, [], 0, -1, 2**31, "", {"a": 1}])
async def test_what_is_no_task_s_number_is_16(calm: Client, task_id):
    assert_error(await factories.call(calm, METHOD, await factories.customer(calm.context), taskId=task_id), 16)
    assert await refused(calm) == {}


async def test_an_unknown_key_is_1(calm: Client, solved):
    assert_error(await factories.call(calm, METHOD, clientKey="0" * 32, taskId=solved[2]), 1)


async def test_a_confirmed_complaint_gives_the_money_back_where_the_customer_looks(calm: Client, solved):
    customer, _, task_id = solved
    before = (await factories.call(calm, "getBalance", customer))["balance"]
    await factories.call(calm, METHOD, customer, taskId=task_id)
    await factories.judge(calm.context, "confirm", "reject", "confirm")
    assert (await factories.call(calm, "getBalance", customer))["balance"] == pytest.approx(before + 0.0007)
    windows = (await factories.call(calm, "getSpendingStats", customer, date=int(time.time()) - 3600))["data"]
    assert (sum(w["volume"] for w in windows), sum(w["money"] for w in windows)) == (1, 0)
    result = await factories.call(calm, "getTaskResult", customer, taskId=task_id)
    assert (result["status"], result["cost"]) == ("ready", "0.000700"), "the result stays readable as it was"
