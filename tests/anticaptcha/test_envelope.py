"""The outside of the contract: paths, verbs, content types, bodies and connections, as clients really use them."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from manyeyes.anticaptcha import envelope
from manyeyes.anticaptcha.errors import WireError, wire_error
from manyeyes.anticaptcha.methods import METHODS
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V3
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.anticaptcha_contract import ERROR_KEYS, REPLY_KEYS, assert_error
from support.in_process_client import Client

PATHS = [
    *("/getBalance", "/getbalance", "/GETBALANCE", "/getBalance/", "/getBalance//", "//getBalance", "///getBalance///"),
    *("/getBalance%20", "/%20getBalance", "/getBalance%20/", "/getBalance%09", "/getBalance?x=1", "/get%42alance"),
]
CONTENT_TYPES = [
    *(
        "application/json",
        "application/json; charset=utf-8",
        "application-json",
        "text/plain; charset=utf-8",
        "",
        "nonsense",
    ),
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream", None),
]


@pytest.mark.parametrize("path", PATHS)
async def test_a_method_is_found_in_any_case_and_between_spaces_and_slashes(calm: Client, path):
    customer = await factories.customer(calm.context)
    reply = await calm.post(f"http://manyeyes.test{path}", content=json.dumps({"clientKey": customer.key}))
    assert reply.json() == {"errorId": 0, "balance": 10.0}


@pytest.mark.parametrize(
    "path", ["/", "//", "/get", "/getBalance/x", "/api/getBalance", "/getBalances", "/%00", "/é", "/in.php"]
)
async def test_any_other_path_is_14(calm: Client, path):
    reply = await calm.post(path, content=b"{}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert_error(reply.json(), 14)


@pytest.mark.parametrize(
    ("verb", "path"),  # GET of what is no method is a 404: tests/console/test_missing_page.py
    [
        *[(verb, "/getBalance") for verb in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS")],
        *[(verb, "/nothing") for verb in ("PUT", "DELETE", "PATCH", "OPTIONS")],
    ],
)
async def test_another_verb_is_14(calm: Client, verb, path):
    reply = await calm.request(verb, path, content=b"{}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert_error(reply.json(), 14)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
async def test_the_body_is_json_whatever_its_content_type_says(calm: Client, content_type):
    customer = await factories.customer(calm.context)
    headers = {} if content_type is None else {"content-type": content_type}
    reply = await calm.post("/getBalance", content=json.dumps({"clientKey": customer.key}), headers=headers)
    assert reply.json() == {"errorId": 0, "balance": 10.0}


async def test_a_byte_order_mark_and_white_space_are_skipped(calm: Client):
    customer = await factories.customer(calm.context)
    body = b"\xef\xbb\xbf \r\n" + json.dumps({"clientKey": customer.key}, indent=4).encode() + b"\r\n\r\n"
    assert (await calm.post("/getBalance", content=body)).json()["balance"] == 10.0


async def test_every_reply_is_compact_json_with_exactly_its_members(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    ready = await factories.solve(calm.context, customer, hand)
    tokens = [
        await factories.solve(calm.context, customer, hand, kind=k) for k in (RECAPTCHA_V3, RECAPTCHA_V3, HCAPTCHA)
    ]
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "createTask": ("createTask", {"task": factories.image_task()}),
        "getTaskResult, ready": ("getTaskResult", {"taskId": ready}),
        "getTaskResult, processing": ("getTaskResult", {"taskId": tokens[-1] + 1}),
        "getBalance": ("getBalance", {}),
        "getQueueStats": ("getQueueStats", {"queueId": 1}),
        "getSpendingStats": ("getSpendingStats", {}),
        "reportIncorrectImageCaptcha": ("reportIncorrectImageCaptcha", {"taskId": ready}),
        "reportCorrectRecaptcha": ("reportCorrectRecaptcha", {"taskId": tokens[0]}),
        "reportIncorrectRecaptcha": ("reportIncorrectRecaptcha", {"taskId": tokens[1]}),
        "reportIncorrectHcaptcha": ("reportIncorrectHcaptcha", {"taskId": tokens[2]}),
        "getAppStats": ("getAppStats", {"softId": await factories.soft_app(calm.context, customer)}),
    }
    assert set(calls) == set(REPLY_KEYS)
    for name, (method, body) in calls.items():
        reply = await calm.post(f"/{method}", json={"clientKey": customer.key, **body})
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
        assert set(reply.json()) == REPLY_KEYS[name], name
        assert reply.json()["errorId"] == 0
        assert reply.text == json.dumps(reply.json(), separators=(",", ":"), ensure_ascii=False)
        assert reply.text.startswith('{"errorId":0,')
        assert int(reply.headers["content-length"]) == len(reply.content)


async def test_every_error_is_compact_json_with_exactly_three_members(calm: Client):
    for method in METHODS:
        if method in ("test", "getQueueStats"):
            continue
        reply = await calm.post(f"/{method}", content=b"{}")
        assert reply.text.startswith('{"errorId":1,"errorCode":"ERROR_KEY_DOES_NOT_EXIST","errorDescription":"')
        assert set(reply.json()) == ERROR_KEYS


@pytest.mark.parametrize("megabytes", [1.5, 3, 20, 60])  # from 64 on it is 413: tests/server/test_connections.py
async def test_a_large_body_is_answered_and_not_dropped(address, context: Context, megabytes):
    customer = await factories.customer(context)
    task = json.dumps(
        {"clientKey": customer.key, "task": {"type": "ImageToTextTask", "body": "A" * int(megabytes * 2**20)}}
    )
    reply = await ask(address, request("createTask", task.encode()))
    assert reply[0].startswith(b"HTTP/1.1 200")
    assert_error(json.loads(reply[1]), 4)


async def test_a_large_body_of_another_method_is_24(address, context: Context):
    reply = await ask(address, request("getBalance", b'{"clientKey":"' + b"x" * 3_000_000 + b'"}'))
    assert_error(json.loads(reply[1]), 24)


async def test_a_picture_of_500_000_bytes_passes_through_a_real_socket(address, context: Context):
    customer = await factories.customer(context)
    task = factories.image_task()
    task["body"] += "\n" * 100_000  # as some clients break lines, only more of it
    body = json.dumps({"clientKey": customer.key, "task": task}).encode()
    assert json.loads((await ask(address, request("createTask", body)))[1])["errorId"] == 0


async def test_one_connection_serves_many_calls(address, context: Context):
    customer = await factories.customer(context)
    reader, writer = await asyncio.open_connection(*address)
    for path in ("getBalance", "getBalance%20", "/getBalance", "nothing", "getBalance"):
        writer.write(request(path, json.dumps({"clientKey": customer.key}).encode()))
        head, body = await read_reply(reader)
        assert head.startswith(b"HTTP/1.1 200")
        assert json.loads(body)["errorId"] == (14 if path == "nothing" else 0)
    writer.close()


async def test_expect_100_continue_is_heard_before_the_body(address, context: Context):
    customer = await factories.customer(context)
    body = json.dumps({"clientKey": customer.key}).encode()
    reader, writer = await asyncio.open_connection(*address)
    whole = request("getBalance", body, "Expect: 100-continue")
    writer.write(whole[: -len(body)])
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(body)
    assert json.loads((await read_reply(reader))[1])["balance"] == 10.0
    writer.close()


async def test_a_body_in_chunks_is_read_whole(address, context: Context):
    customer = await factories.customer(context)
    body = json.dumps({"clientKey": customer.key}).encode()
    head = b"POST /getBalance HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    assert json.loads((await ask(address, head + chunks))[1])["balance"] == 10.0


async def test_http_1_0_without_host_is_answered(address, context: Context):
    body = b"{}"
    reply = await ask(address, b"POST /getBalance HTTP/1.0\r\nContent-Length: 2\r\n\r\n" + body)
    assert_error(json.loads(reply[1]), 1)


async def test_who_hangs_up_in_the_middle_of_a_body_harms_nobody(address, context: Context, nothing_left):
    customer = await factories.customer(context)
    whole = request("createTask", json.dumps({"clientKey": customer.key, "task": factories.image_task()}).encode())
    async with nothing_left():
        _, writer = await asyncio.open_connection(*address)
        writer.write(whole[:-20])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        reply = await ask(address, request("getBalance", json.dumps({"clientKey": customer.key}).encode()))
    assert json.loads(reply[1])["balance"] == 10.0


async def test_a_method_that_breaks_says_so_in_the_envelope_and_keeps_its_reason_to_itself(calm: Client, monkeypatch):
    async def broken(_call) -> None:
        raise RuntimeError("secret")

    monkeypatch.setitem(envelope._BY_NAME, "getbalance", ("getBalance", broken))
    reply = await calm.post("/getBalance", content=b"{}")
    assert reply.status_code == 500  # clients that poll go on after a 5xx, and only after a 5xx
    assert_error(reply.json(), 2)
    assert "secret" not in reply.text
    assert int(reply.headers["retry-after"]) > 0


async def test_while_the_database_is_away_it_is_503_in_the_envelope(calm: Client, monkeypatch):
    async def away(_call) -> None:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    monkeypatch.setitem(envelope._BY_NAME, "getbalance", ("getBalance", away))
    reply = await calm.post("/getBalance", content=b"{}")
    assert reply.status_code == 503
    assert_error(reply.json(), 2)
    assert int(reply.headers["retry-after"]) > 0


def test_a_description_is_never_empty():
    for reason in (Reason.UNKNOWN_KEY, Reason.UNSOLVABLE, Reason.UNKNOWN_TASK):
        error = wire_error(Refusal(reason))
        assert isinstance(error, WireError)
        assert error.errorDescription


def request(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST /{path} HTTP/1.1", "Host: manyeyes.test", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read_reply(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    return head, await reader.readexactly(length)


async def ask(address: tuple[str, int], whole: bytes) -> tuple[bytes, bytes]:
    """Send one request over a connection of its own and return head and body of the reply."""
    reader, writer = await asyncio.open_connection(*address)
    sending = asyncio.create_task(send(writer, whole))
    try:
        return await read_reply(reader)
    finally:
        sending.cancel()
        writer.close()


async def send(writer: asyncio.StreamWriter, whole: bytes) -> None:
    """Send piece by piece, as a client does that does not listen until all is sent."""
    for at in range(0, len(whole), 1 << 16):
        writer.write(whole[at : at + (1 << 16)])
        await writer.drain()
