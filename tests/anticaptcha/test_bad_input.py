"""Bad input leaves nothing behind: each fault gets its documented error, and no row, no hold and no cent remains."""

from typing import Any

import pytest

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest
from manyeyes.accounts.store import AccountPlace
from manyeyes.runtime.context import Context
from manyeyes.tasks import store as tasks
from support import factories
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client, client_of

TASKS: dict[str, tuple[dict[str, Any], int]] = {
    "absent": ({}, 22),
    "null": ({"task": None}, 22),
    "empty": ({"task": {}}, 22),
    "a string": ({"task": "ImageToTextTask"}, 22),
    "a list": ({"task": [{"type": "ImageToTextTask"}]}, 22),
    "a number": ({"task": 7}, 22),
    "without type": ({"task": {"body": "x"}}, 24),
    "type null": ({"task": {"type": None, "body": "x"}}, 24),
    "type misspelt": ({"task": {"type": "ImageToTextTsk", "body": "x"}}, 23),
    "type in other letters": ({"task": {"type": "imagetotexttask", "body": "x"}}, 23),
    "type a number": ({"task": {"type": 5}}, 23),
    "type a list": ({"task": {"type": ["ImageToTextTask"]}}, 23),
    "coordinates": ({"task": {"type": "ImageToCoordinatesTask", "body": "x"}}, 23),
    "a proxied kind": ({"task": {"type": "RecaptchaV2Task", "proxyAddress": "198.51.100.7"}}, 23),
    "a token without its key": ({"task": {"type": "RecaptchaV2TaskProxyless", "websiteURL": "https://a.example"}}, 24),
    "without body": ({"task": {"type": "ImageToTextTask"}}, 24),
    "body null": ({"task": {"type": "ImageToTextTask", "body": None}}, 24),
    "body a number": ({"task": {"type": "ImageToTextTask", "body": 5}}, 24),
    "body a list": ({"task": {"type": "ImageToTextTask", "body": ["x"]}}, 24),
    "body false": ({"task": {"type": "ImageToTextTask", "body": False}}, 24),
    "softId a word": ({"task": factories.image_task(), "softId": "mine"}, 24),
    "softId negative": ({"task": factories.image_task(), "softId": -5}, 24),
    "softId beyond int32": ({"task": factories.image_task(), "softId": 2**31}, 24),
    "callbackUrl no address": ({"task": factories.image_task(), "callbackUrl": "javascript:alert(1)"}, 24),
    "callbackUrl a list": ({"task": factories.image_task(), "callbackUrl": ["http://example.org"]}, 24),
    "callbackUrl too long": ({"task": factories.image_task(), "callbackUrl": "http://example.org/" + "x" * 2000}, 24),
    "languagePool unknown": ({"task": factories.image_task(), "languagePool": "xx"}, 24),
    "languagePool a number": ({"task": factories.image_task(), "languagePool": 1}, 24),
}
BODIES = {
    "nothing": b"",
    "spaces": b" \n ",
    "a brace": b"{",
    "no JSON": b"hello",
    "form": b"clientKey=x&task=y",
    "two objects": b"{}{}",
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "a string": b'"x"',
    "no UTF-8": b'{"clientKey":"\xff\xfe"}',
    "a lone surrogate": b'{"clientKey":"\\ud800"}',
    "UTF-16": '{"clientKey":"x"}'.encode("utf-16"),
    "too deep": b'{"task":' + b"[" * 100_000,
    "deep and whole": b'{"task":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "a number too large": b'{"taskId":1e999}',
    "NaN": b'{"taskId":NaN}',
    "single quotes": b"{'clientKey':'x'}",
    "trailing comma": b'{"clientKey":"x",}',
}


@pytest.mark.parametrize("name", TASKS)
async def test_a_task_that_is_none_is_refused(calm: Client, nothing_left, name):
    body, error = TASKS[name]
    customer = await factories.customer(calm.context)
    async with nothing_left():
        assert_error(await factories.call(calm, "createTask", customer, **body), error)


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_json_object_is_24(calm: Client, nothing_left, name):
    await factories.customer(calm.context)
    async with nothing_left():
        for method in ("createTask", "getTaskResult", "getSpendingStats"):
            reply = await calm.post(f"/{method}", content=BODIES[name])
            assert reply.status_code == 200
            assert_error(reply.json(), 24)


async def taken_from(context: Context, customer: factories.Customer, address="203.0.113.7") -> dict[str, Any]:
    async with client_of(context, address) as client:
        return await factories.call(client, "createTask", customer, task=factories.image_task())


async def test_an_unknown_key_is_1(calm: Client, nothing_left):
    async with nothing_left():
        for key in ("0" * 32, "", None, 5, ["x"], {"a": 1}, "x" * 100_000, "\x00"):
            assert_error(await factories.call(calm, "createTask", clientKey=key, task=factories.image_task()), 1)
        assert_error(await factories.call(calm, "createTask", task=factories.image_task()), 1)


async def test_a_revoked_key_is_1_and_the_accounts_other_key_still_works(calm: Client, nothing_left):
    customer = await factories.customer(calm.context)
    async with calm.context.cells.directory.acquire() as db:
        await accounts.revoke_key(db, digest(customer.key))
        owner = accounts.KeyOwner(1, customer.account_id, ())
        await accounts.insert_key(db, digest("another"), owner)
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 1)
    reply = await factories.call(calm, "createTask", clientKey="another", task=factories.image_task())
    assert reply["errorId"] == 0


@pytest.mark.parametrize(
    ("networks", "address", "is_allowed"),
    [
        (("203.0.113.7/32",), "203.0.113.7", True),
        (("203.0.113.0/24", "198.51.100.0/24"), "198.51.100.9", True),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", True),
        (("2001:db8::/32",), "2001:db8::5", True),
        (("203.0.113.8/32",), "203.0.113.7", False),
        (("2001:db8::/32",), "203.0.113.7", False),
        (("203.0.113.0/24",), "testclient", False),
    ],
)
async def test_a_key_with_addresses_works_from_these_alone(calm: Client, nothing_left, networks, address, is_allowed):
    customer = await factories.customer(calm.context, addresses=networks)
    if is_allowed:
        assert (await taken_from(calm.context, customer, address))["errorId"] == 0
        return
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer, address), 11)


@pytest.mark.parametrize("network", ["203.0.113.7/32", "203.0.113.0/24", "0.0.0.0/0"])
async def test_a_blocked_address_is_21_whatever_its_key(calm: Client, nothing_left, network):
    customer = await factories.customer(calm.context)
    async with calm.context.cells.directory.acquire() as db:
        await accounts.block_network(db, network)
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 21)
        assert_error(await factories.call(calm, "getBalance", clientKey="0" * 32), 21)
    assert (await taken_from(calm.context, customer, "2001:db8::1"))["errorId"] == 0


@pytest.mark.parametrize("balance", ["0", "0.000001", "0.000699"])
async def test_a_balance_that_does_not_cover_the_task_is_10(calm: Client, nothing_left, balance):
    customer = await factories.customer(calm.context, balance)
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 10)


async def test_the_last_cent_may_be_spent_and_then_it_is_10(calm: Client, nothing_left):
    customer = await factories.customer(calm.context, "0.0014")
    assert (await taken_from(calm.context, customer))["errorId"] == 0
    assert (await taken_from(calm.context, customer))["errorId"] == 0
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 10)


async def change(context: Context, customer: factories.Customer, **terms) -> None:
    async with context.cells.pool(1).acquire() as db:
        await accounts.set_terms(db, AccountPlace(customer.account_id, "", 1), **terms)


async def test_a_suspended_account_is_55_but_may_look_at_its_money_and_tasks(calm: Client, nothing_left):
    customer = await factories.customer(calm.context)
    task_id = (await taken_from(calm.context, customer))["taskId"]
    await change(calm.context, customer, suspended=True)
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 55)
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 9.9993
    assert (await factories.call(calm, "getTaskResult", customer, taskId=task_id))["status"] == "processing"
    await change(calm.context, customer, suspended=False)
    assert (await taken_from(calm.context, customer))["errorId"] == 0


async def full_queue(context: Context, capacity=2) -> None:
    """A queue into which no more tasks fit, filled by somebody else at the price of 700 micros."""
    async with context.cells.pool(1).acquire() as db:
        await tasks.set_queue(db, 1, capacity=capacity)
    other = await factories.customer(context)
    for _ in range(capacity):
        assert (await taken_from(context, other))["errorId"] == 0


async def test_a_full_queue_is_2_and_says_when_to_come_back(calm: Client, nothing_left):
    await full_queue(calm.context)
    customer = await factories.customer(calm.context)
    async with nothing_left():
        reply = await calm.post("/createTask", json={"clientKey": customer.key, "task": factories.image_task()})
    assert_error(reply.json(), 2)
    assert reply.status_code == 200
    assert int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize(("bid", "error"), [(0, 2), (699, 2), (700, 2), (701, 0), (5_000, 0)])
async def test_only_a_bid_above_the_average_enters_a_full_queue_and_is_its_price(
    calm: Client, nothing_left, bid, error
):
    await full_queue(calm.context)
    customer = await factories.customer(calm.context)
    await change(calm.context, customer, max_bid_micros=bid)
    if error:
        async with nothing_left():
            assert_error(await taken_from(calm.context, customer), error)
        return
    assert (await taken_from(calm.context, customer))["errorId"] == 0
    assert (await factories.call(calm, "getBalance", customer))["balance"] == (10_000_000 - bid) / 1_000_000


async def test_a_bid_that_the_balance_does_not_cover_is_10(calm: Client, nothing_left):
    await full_queue(calm.context)
    customer = await factories.customer(calm.context, "0.0010")
    await change(calm.context, customer, max_bid_micros=1_001)
    async with nothing_left():
        assert_error(await taken_from(calm.context, customer), 10)


async def test_a_bid_does_nothing_while_there_is_room(calm: Client):
    customer = await factories.customer(calm.context)
    await change(calm.context, customer, max_bid_micros=5_000)
    assert (await taken_from(calm.context, customer))["errorId"] == 0
    assert (await factories.call(calm, "getBalance", customer))["balance"] == 9.9993
