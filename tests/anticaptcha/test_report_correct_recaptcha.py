"""reportCorrectRecaptcha: the contract's request and both its answers; its worker comes first from then on."""

import json

import pytest

from manyeyes.roles.worker import WorkerDesk
from manyeyes.tasks.rules import HCAPTCHA, IMAGE_TO_TEXT, RECAPTCHA_V2, RECAPTCHA_V3, TURNSTILE
from support import factories
from support.anticaptcha_contract import ERROR_KEYS, REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.token_report_samples import SAMPLE_REFUSED, SAMPLE_REQUEST, SAMPLE_SUCCESS, age, refused, standing

METHOD = "reportCorrectRecaptcha"


@pytest.fixture
async def solved(calm: Client) -> tuple[factories.Customer, factories.Hand, int]:
    """A customer, a worker, and a token that they have just given."""
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    return customer, hand, await factories.solve(calm.context, customer, hand, kind=RECAPTCHA_V3)


async def test_the_sample_s_request_is_answered_with_the_sample_s_success(calm: Client, solved):
    customer, hand, task_id = solved
    body = SAMPLE_REQUEST.replace("YOUR_API_KEY", customer.key).replace("12345", str(task_id))
    headers = {"accept": "application/json", "content-type": "application/json"}
    reply = await calm.post(f"/{METHOD}", content=body, headers=headers)
    assert (reply.status_code, reply.text) == (200, '{"errorId":0,"status":"success"}')
    assert json.loads(reply.text) == SAMPLE_SUCCESS
    assert set(SAMPLE_SUCCESS) == REPLY_KEYS[METHOD]
    assert await standing(calm, customer, hand) == "listed"


async def test_the_sample_s_refusal_to_the_letter(calm: Client):
    reply = await factories.call(calm, METHOD, await factories.customer(calm.context), taskId=12345)
    assert reply == SAMPLE_REFUSED
    assert set(reply) == ERROR_KEYS
    assert await refused(calm) == {"unknown_task": 1}


async def test_the_listed_worker_gets_the_next_task_before_those_who_wait_longer(calm: Client, solved):
    customer, hand, task_id = solved
    await factories.call(calm, METHOD, customer, taskId=task_id)
    desk = WorkerDesk(calm.context)
    for patient in [await factories.hand(calm.context) for _ in range(3)]:
        await desk.online(patient.worker)
    await desk.offline(hand.worker)
    await desk.online(hand.worker)
    created = await factories.call(calm, "createTask", customer, task=factories.image_task())
    lease = await desk.next(hand.worker, 20)
    assert lease.lease.task_id == created["taskId"]


async def test_every_refusal_looks_alike_on_the_wire_and_keeps_its_reason_inside(calm: Client, solved):
    customer, hand, task_id = solved
    stranger = await factories.customer(calm.context)
    assert await factories.call(calm, METHOD, stranger, taskId=task_id) == SAMPLE_REFUSED
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_SUCCESS
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_REFUSED
    picture = await factories.solve(calm.context, customer, hand)
    assert await factories.call(calm, METHOD, customer, taskId=picture) == SAMPLE_REFUSED
    waiting = (await factories.submit(calm.context, customer, kind=RECAPTCHA_V3)).task_id
    assert await factories.call(calm, METHOD, customer, taskId=waiting) == SAMPLE_REFUSED
    reasons = ("unknown_task", "report_repeated", "report_wrong_kind", "task_unfinished")
    assert await refused(calm) == dict.fromkeys(reasons, 1)


@pytest.mark.parametrize("kind", [IMAGE_TO_TEXT, HCAPTCHA, TURNSTILE])
async def test_it_takes_recaptcha_alone(calm: Client, kind):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    task_id = await factories.solve(calm.context, customer, hand, kind=kind)
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_REFUSED
    assert await standing(calm, customer, hand) is None


async def test_v2_is_accepted_without_effect(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    task_id = await factories.solve(calm.context, customer, hand, kind=RECAPTCHA_V2)
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_SUCCESS
    assert await standing(calm, customer, hand) is None
    assert await factories.call(calm, METHOD, customer, taskId=task_id) == SAMPLE_REFUSED, "it was the one report"


@pytest.mark.parametrize(("seconds", "reply"), [(58.0, SAMPLE_SUCCESS), (60.0, SAMPLE_REFUSED)])
async def test_the_window_is_by_the_databases_clock(calm: Client, solved, seconds, reply):
    """A margin is left for the call itself; the exact limit is tested where the clock can be moved."""
    await age(calm, seconds)
    assert await factories.call(calm, METHOD, solved[0], taskId=solved[2]) == reply


@pytest.mark.parametrize("path", [METHOD.lower(), METHOD.upper(), f"{METHOD}%20", f"{METHOD}/"])
async def test_however_the_path_is_written(calm: Client, solved, path):
    customer, _, task_id = solved
    body = json.dumps({"clientKey": customer.key, "taskId": str(task_id)})
    reply = await calm.post(f"/{path}", content=body, headers={"content-type": "text/plain"})
    assert reply.json() == SAMPLE_SUCCESS


@pytest.mark.parametrize("task_id", [None, "abc", 1.5, True, [], 0, -1, 2**31, "", {"a": 1}])
async def test_what_is_no_task_s_number_is_16(calm: Client, task_id):
    assert_error(await factories.call(calm, METHOD, await factories.customer(calm.context), taskId=task_id), 16)
    assert await refused(calm) == {}


async def test_an_unknown_key_is_1(calm: Client, solved):
    assert_error(await factories.call(calm, METHOD, clientKey="0" * 32, taskId=solved[2]), 1)


async def test_what_became_of_it_is_told_at_v1_reports(calm: Client, solved):
    customer, _, task_id = solved
    await factories.call(calm, METHOD, customer, taskId=task_id)
    reply = await calm.get(f"/v1/reports/{task_id}", headers={"authorization": f"Bearer {customer.key}"})
    told = reply.json()
    assert (told["kind"], told["state"], told["votes"], told["refunded"]) == ("correct_token", "counted", [], 0)
