"""/customer/tasks: a customer's tasks with answers and money, narrowed, page by page; complaining and taking back."""

import re

import pytest
from test_customer_pages import OWN

from support import factories
from support.browser_visits import customer_subject, link
from support.in_process_client import Client

PATH = "/customer/tasks"


@pytest.fixture
async def people(client: Client) -> tuple[factories.Customer, factories.Hand]:
    """A customer who is signed in, and who answers them."""
    customer, author = await factories.customer(client.context), await factories.hand(client.context)
    await client.post(await link(client.context, customer_subject(customer)), headers=OWN)
    return customer, author


def listed(page: str) -> list[int]:
    """The tasks of a list, in its order."""
    return [int(number) for number in re.findall(r'data-task="(\d+)"', page)]


async def test_before_the_first_task_the_page_says_how(client: Client, people):
    page = (await client.get(PATH)).text
    assert "No task yet" in page
    assert 'href="/customer/jobs"' in page
    assert f'href="{PATH}"' in (await client.get("/customer")).text


async def test_a_task_is_there_with_its_answer_and_money(client: Client, people):
    customer, author = people
    number = await factories.solve(client.context, customer, author, "12 345", external_id="x")
    page = (await client.get(PATH)).text
    assert listed(page) == [number]
    page = (await client.get(f"{PATH}/{number}")).text
    assert "$0.0007" in page
    page = (await client.get(f"{PATH}/{number}")).text
    assert "Held for it" in page
    assert "A person answered it" in page
