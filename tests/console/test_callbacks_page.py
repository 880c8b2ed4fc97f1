"""/customer/callbacks: what became of results sent to a customer's addresses, sent again at a click, only theirs."""

import re

import pytest

from manyeyes.roles.customer.deliveries import secret_of
from support import factories
from support.action_stage import set_stage
from support.browser_visits import customer_subject, link
from support.in_process_client import Client
from support.loopback_servers import http
from support.tried_callbacks import told

OWN = {"origin": "http://manyeyes.test"}
PATH = "/customer/callbacks"


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    """A customer, signed in."""
    customer = await factories.customer(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer


def states(page: str) -> list[tuple[int, str]]:
    body = page.split('id="callbacks"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        (int(task), state)
        for task, state in re.findall(r'<span class="mono">(\d+)</span>.*?class="status \w+">([^<]+)<', body, re.S)
    ]


async def test_each_is_listed_with_its_state_and_the_next_try(client: Client, customer: factories.Customer):
    tasks = await told(client.context, customer.account_id, http(), http(status="410 Gone"), http(status="503 Busy"))
    page = (await client.get(PATH)).text
    assert states(page) == [(tasks[2], "Waiting"), (tasks[1], "Given up"), (tasks[0], "Delivered")]
    assert "503" in page
    assert "receiver.example" in page
    given_up = (await client.get(PATH, params={"state": "given_up"})).text
    assert states(given_up) == [(tasks[1], "Given up")]


async def test_a_click_sends_one_again(client: Client, customer: factories.Customer):
    (task,) = await told(client.context, customer.account_id, http(status="410 Gone"))
    reply = await client.post(f"{PATH}/replay", data={"task_id": str(task)}, headers=OWN)
    assert (reply.status_code, reply.headers["location"]) == (303, PATH)
    assert states((await client.get(PATH)).text)[0] != (task, "Given up")


async def test_only_their_own_are_shown_and_sent_again(client: Client, customer: factories.Customer):
    other = await factories.customer(client.context)
    (task,) = await told(client.context, other.account_id, http(status="410 Gone"))
    assert "Nothing was sent to an address yet" in (await client.get(PATH)).text
    for wrong in (str(task), "x", "", "9" * 40):
        assert (await client.post(f"{PATH}/replay", data={"task_id": wrong}, headers=OWN)).status_code == 303
    assert await client.context.cells.directory.fetchval("SELECT state FROM delivery") == 2


async def test_the_secret_is_the_one_that_signs(client: Client, customer: factories.Customer):
    found = await secret_of(client.context, customer)
    assert found.secret in (await client.get(PATH)).text
    rotated = await secret_of(client.context, customer, rotate=True)
    page = (await client.get(PATH)).text
    assert (rotated.secret in page, rotated.previous == found.secret, found.secret in page) == (True, True, True)


async def test_a_secret_is_replaced_once_however_often_the_form_is_sent(client: Client, customer: factories.Customer):
    first = await secret_of(client.context, customer)
    (seen,) = re.findall(r'name="seen" value="(\d+)"', (await client.get(PATH)).text)
    for unfit in ({}, {"seen": "one"}, {"seen": "1" + "0" * 30}):
        await client.post(f"{PATH}/rotate", data=unfit, headers=OWN)
    assert await secret_of(client.context, customer) == first
    for _ in range(2):
        assert (await client.post(f"{PATH}/rotate", data={"seen": seen}, headers=OWN)).status_code == 303
    now = await secret_of(client.context, customer)
    assert (now.secret != first.secret, now.previous) == (True, first.secret)


async def test_nobody_else_sees_it_and_no_other_page_sends_the_form(client: Client, customer: factories.Customer):
    assert (await client.post(f"{PATH}/replay", data={"task_id": "1"})).status_code == 403
    assert (await client.get(PATH, params={"before": "x"})).status_code == 303
    client.cookies.clear()
    for reply in (await client.get(PATH), await client.post(f"{PATH}/replay", data={"task_id": "1"}, headers=OWN)):
        assert "callbacks" not in reply.text


async def test_what_customers_named_is_shown_and_not_run(client: Client, customer: factories.Customer):
    stage = await set_stage(client.context.cells.directory)
    stage._number = 5_000
    evil = 'http://receiver.example/"><script>alert(1)</script>'
    stage.later(3_600)
    await stage.solve(customer.account_id, await stage.worker(), callback_url=evil)
    assert "<script>alert" not in (await client.get(PATH)).text
