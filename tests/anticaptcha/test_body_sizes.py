"""How large a body may be, by method, and how much may be in it beside a picture."""

import base64
import json

import pytest

from support import factories
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client

LARGEST = 64 * 1024
PICTURE = "A" * 600_000


@pytest.mark.parametrize("method", ["getBalance", "getTaskResult", "getQueueStats", "reportIncorrectRecaptcha", "test"])
@pytest.mark.parametrize(("length", "is_taken"), [(LARGEST, True), (LARGEST + 1, False)])
async def test_a_body_without_a_picture_has_64_kb(client: Client, method, length, is_taken):
    reply = await client.post(f"/{method}", content=b'{"clientKey":"none"}'.ljust(length))
    assert reply.status_code == 200
    if not is_taken:
        assert_error(reply.json(), 24)
        assert "more than 65536 bytes" in reply.json()["errorDescription"]
    elif method != "test":
        assert "65536" not in reply.text


@pytest.mark.parametrize(
    "more",
    [
        {"softId": [0] * 2_600},
        {f"member {number}": number for number in range(2_600)},
        {"task": {"type": "RecaptchaV2TaskProxyless", "body": PICTURE}},
        {"task": {"type": "ImageToTextTask", "comment": "A" * 70_000}},
        {"task": {"type": ["ImageToTextTask"], "body": PICTURE}},
        {"task": [PICTURE]},
    ],
)
async def test_a_large_body_is_a_picture_and_few_members(client: Client, more):
    body = {"clientKey": "none", "task": {"type": "ImageToTextTask", "body": PICTURE}} | more
    assert_error((await client.post("/createTask", json=body)).json(), 24)


@pytest.mark.parametrize("body", [b"[" * 1_000_000, b'{"a":' * 300_000, b'{"a":' + b"1" * 1_000_000 + b"}"])
async def test_what_is_deep_or_endless_is_refused(client: Client, body):
    assert_error((await client.post("/createTask", content=body)).json(), 24)


async def test_a_picture_that_is_escaped_as_some_clients_do_is_taken(client: Client):
    customer = await factories.customer(client.context)
    picture = factories.picture_bytes()
    task = {"type": "ImageToTextTask", "body": base64.b64encode(picture + b"\xff\xef\xbe" * 120_000).decode()}
    text = json.dumps({"clientKey": customer.key, "task": task})
    escaped = text.replace("/", "\\u002F").replace("+", "\\u002B")
    reply = (await client.post("/createTask", content=escaped.encode())).json()
    assert "without a picture" not in json.dumps(reply)


async def test_of_a_member_that_comes_twice_the_last_one_counts(client: Client):
    customer = await factories.customer(client.context)
    body = b'{"clientKey":"none","clientKey":"%b"}' % customer.key.encode()
    assert (await client.post("/getBalance", content=body)).json()["errorId"] == 0
