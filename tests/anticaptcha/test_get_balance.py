"""getBalance: a JSON number that is the ledger's, exact to the micro-unit."""

import json
from decimal import Decimal

import pytest

from support import factories
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client


async def balance(client: Client, customer: factories.Customer):
    """The balance as the digits on the wire say, and not what a float makes of them."""
    reply = await client.post("/getBalance", json={"clientKey": customer.key})
    return json.loads(reply.text, parse_float=Decimal)["balance"]


async def test_the_reply_has_two_members_and_the_balance_is_a_number(calm: Client):
    customer = await factories.customer(calm.context, "12.3456")
    reply = await factories.call(calm, "getBalance", customer)
    assert set(reply) == REPLY_KEYS["getBalance"]
    assert reply == {"errorId": 0, "balance": 12.3456}
    assert type(reply["balance"]) is float


@pytest.mark.parametrize("amount", ["0", "0.000001", "0.1", "1.10", "999999.999999", "123456789.123457"])
async def test_it_is_exact_to_the_micro(calm: Client, amount):
    assert await balance(calm, await factories.customer(calm.context, amount)) == Decimal(amount)


async def test_what_is_held_for_open_tasks_is_not_in_it_and_a_solved_task_stays_paid(calm: Client):
    customer, hand = await factories.customer(calm.context, "1.00"), await factories.hand(calm.context)
    await factories.submit(calm.context, customer)
    assert await balance(calm, customer) == Decimal("0.9993")
    await factories.solve(calm.context, customer, hand)
    assert await balance(calm, customer) == Decimal("0.9986")


async def test_everybody_sees_only_their_own(calm: Client):
    rich, poor = await factories.customer(calm.context, "100"), await factories.customer(calm.context, "0")
    assert await balance(calm, rich) == 100
    assert await balance(calm, poor) == 0


async def test_a_soft_id_may_be_sent_along(calm: Client):
    assert (await factories.call(calm, "getBalance", await factories.customer(calm.context), softId=847))[
        "errorId"
    ] == 0


@pytest.mark.parametrize(
    "body", [{}, {"clientKey": None}, {"clientKey": 5}, {"clientKey": "0" * 32}, {"clientKey": ["x"]}]
)
async def test_without_a_known_key_it_is_1(calm: Client, body):
    assert_error((await calm.post("/getBalance", json=body)).json(), 1)
