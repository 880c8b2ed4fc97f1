"""A customer with an app and a recognition that has seen nothing; a customer whose task was solved."""

import pytest

from manyeyes.apps.rules import App
from manyeyes.recognitions.rules import Recognition
from support import factories
from support.in_process_client import Client
from support.recognition_results import open_app, open_recognition


@pytest.fixture
async def customer(client: Client) -> factories.Customer:
    return await factories.customer(client.context)


@pytest.fixture
async def seen(client: Client, customer: factories.Customer) -> tuple[App, Recognition]:
    """An app of the customer's with a recognition that has seen nothing."""
    app = await open_app(client.context, customer)
    return app, await open_recognition(client.context, app)


@pytest.fixture
async def solved(client: Client) -> tuple[factories.Customer, factories.Hand, int]:
    """A customer, a worker, and a task that was just solved."""
    customer, hand = await factories.customer(client.context), await factories.hand(client.context)
    return customer, hand, await factories.solve(client.context, customer, hand, "wr0ng")
