"""What customers' programs say in their own way: keys with blanks, addresses for call-backs, Booleans for numbers."""

import time
from typing import Any

import msgspec
import pytest

from manyeyes.accounts.rules import digest
from manyeyes.runtime.context import Context
from support import factories
from support.anticaptcha_contract import assert_error
from support.in_process_client import Client, client_of

ROUND_A_KEY = ["{} ", "{}\n", "\r\n{}", "\t{}\t", "\ufeff{}", "\u00a0{}", "{}\u200b"]


@pytest.mark.parametrize("written", ROUND_A_KEY)
async def test_what_copying_left_round_a_key_does_not_count(calm: Client, written: str):
    customer = await factories.customer(calm.context)
    sent = written.format(customer.key)
    assert (await factories.call(calm, "getBalance", clientKey=sent))["errorId"] == 0
    assert digest(sent) == digest(customer.key)


@pytest.mark.parametrize("written", ["{0} {0}", "{0}x", "x {0}", "{0}\u200bx"])
async def test_another_text_is_another_key(calm: Client, written: str):
    customer = await factories.customer(calm.context)
    assert_error(await factories.call(calm, "getBalance", clientKey=written.format(customer.key)), 1)


async def test_a_bearer_token_and_the_sign_in_page_take_the_key_as_the_wire_does(calm: Client):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    for path, key in (("/v1/reports", customer.key), ("/v1/worker/session", hand.token)):
        reply = await calm.get(path, headers={"authorization": f"Bearer   {key}\t"})
        assert reply.status_code == 200, path
    for key in (customer.key, hand.token):
        reply = await calm.post("/login", data={"key": f"\ufeff{key}\r\n"}, headers={"origin": str(calm.base_url)})
        assert reply.status_code == 303


async def test_nothing_but_blanks_is_no_key(calm: Client):
    for key in (" ", "\n", "", "\ufeff"):
        assert_error(await factories.call(calm, "getBalance", clientKey=key), 1)


async def created(client: Client, address: Any) -> dict[str, Any]:
    customer = await factories.customer(client.context)
    reply = await factories.call(client, "createTask", customer, task=factories.image_task(), callbackUrl=address)
    if reply["errorId"]:
        assert_error(reply, 24)
        assert reply["errorDescription"].startswith("A property is missing or invalid: callbackUrl")
        assert await client.context.cells.pool(1).fetchval("SELECT count(*) FROM task") == 0
    return reply


async def kept(context: Context, reply: dict[str, Any]) -> str:
    query = "SELECT callback_url FROM task WHERE task_id = $1"
    return str(await context.cells.pool(1).fetchval(query, reply["taskId"]))


@pytest.mark.parametrize("written", [" {}", "{}\n", "\r\n{}\t", "\ufeff{}", "\x00{}"])
async def test_blanks_round_a_callback_address_are_dropped(calm: Client, written: str):
    address = "https://hook.example.org/done?a=1"
    assert await kept(calm.context, await created(calm, written.format(address))) == address


async def test_blanks_alone_are_no_address(calm: Client):
    assert await kept(calm.context, await created(calm, " \n")) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("https://hook.example.org/a b", "https://hook.example.org:99999/", "https://hook.example.org:0/"),
        *("https://hook.example.org:22/", "https://user:word@hook.example.org/", "hook.example.org/done"),
        *(
            "ftp://hook.example.org/",
            "https://",
            "https:///done",
            "http:hook.example.org",
            "https://hook..example.org/",
        ),
        *("https://hook.example.org/\n/x", "https://127.1/", "https://0x7f000001/", "https://[::1", "https://xn--/"),
        *("https://hook.example.org:٨٠٨٠/", "https://hook.example.org:+8080/", "https://hook.example.org:8_080/"),
        *("https://hook.example.org/\x00a", "https://hook\x00.example.org/"),
        *("https://hook.example.org:x/", "https://-.example/", "https://a\\b.example/", "https://1.2.3.4.5/"),
    ],
)
async def test_an_address_that_no_try_can_reach_is_refused_when_it_is_given(calm: Client, address: str):
    assert (await created(calm, address))["errorId"] == 24


PRIVATE = [
    *(
        "http://127.0.0.1:8999/x",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://192.168.0.1:8080/",
        "http://169.254.1.1/",
    ),
    *(
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://a.LocalHost.:81/",
    ),
]


@pytest.mark.parametrize("address", PRIVATE[:-1])
async def test_a_private_address_is_refused_and_the_setting_that_opens_it_is_named(calm: Client, address: str):
    reply = await created(calm, address)
    assert reply["errorId"] == 24
    assert "MANYEYES_ALLOWED_PRIVATE_NETWORKS" in reply["errorDescription"]


async def test_no_setting_is_named_for_an_address_that_none_opens(calm: Client):
    for address in ("http://169.254.169.254/", "http://[::ffff:168.63.129.16]/"):
        reply = await created(calm, address)
        assert (reply["errorId"], "MANYEYES" in reply["errorDescription"]) == (24, False)


async def test_a_name_that_may_lead_elsewhere_later_is_taken(calm: Client):
    assert (await created(calm, "http://intranet/done"))["errorId"] == 0
    assert (await created(calm, "http://localhost.example.org/"))["errorId"] == 0


async def test_what_the_operator_opened_is_taken(context: Context):
    context.settings = msgspec.structs.replace(context.settings, allowed_private_networks="10.1.0.0/16,127.0.0.0/8")
    async with client_of(context) as client:
        for address in ("http://10.1.2.3/", "http://127.0.0.1:8999/x", "http://localhost:8999/"):
            assert (await created(client, address))["errorId"] == 0
    async with client_of(context) as client:
        reply = await factories.call(
            client,
            "createTask",
            await factories.customer(context),
            task=factories.image_task(),
            callbackUrl="http://10.2.0.1/",
        )
        assert_error(reply, 24)


@pytest.mark.parametrize("name", ["minLength", "maxLength"])
async def test_true_is_no_length_and_false_is_none(calm: Client, name: str):
    customer = await factories.customer(calm.context)
    for value, error in ((True, 24), (False, 0), ("true", 24)):
        task = factories.image_task() | {name: value}
        assert (await factories.call(calm, "createTask", customer, task=task))["errorId"] == error


async def test_true_is_no_number_in_any_method(calm: Client):
    customer = await factories.customer(calm.context)
    for method, member, error in (
        ("getTaskResult", "taskId", 16),
        ("reportIncorrectImageCaptcha", "taskId", 16),
        ("reportCorrectRecaptcha", "taskId", 16),
        ("getQueueStats", "queueId", 24),
        ("getAppStats", "softId", 24),
        ("getSpendingStats", "date", 24),
        ("getSpendingStats", "softId", 24),
    ):
        assert_error(await factories.call(calm, method, customer, **{member: True}), error)
    reply = await factories.call(calm, "createTask", customer, task=factories.image_task(), softId=True)
    assert_error(reply, 24)


async def test_numeric_was_a_boolean_once_and_true_is_still_1(calm: Client):
    customer = await factories.customer(calm.context)
    made = await factories.call(calm, "createTask", customer, task=factories.image_task(numeric=True))
    query = "SELECT (options->>'numeric')::int FROM task WHERE task_id = $1"
    assert await calm.context.cells.pool(1).fetchval(query, made["taskId"]) == 1


@pytest.mark.parametrize("said", [1, "1", 1.0, "English ImageToText", " 1 "])
async def test_a_queue_s_spending_is_asked_by_number_or_name(calm: Client, said: Any):
    customer, hand = await factories.customer(calm.context), await factories.hand(calm.context)
    since = int(time.time()) - 3_600
    await factories.solve(calm.context, customer, hand)
    for queue, volume in ((said, 1), (2, 0), ("99", 0), (0, 1), (None, 1), (False, 1)):
        reply = await factories.call(calm, "getSpendingStats", customer, queue=queue, date=since)
        assert sum(window["volume"] for window in reply["data"]) == volume, queue
