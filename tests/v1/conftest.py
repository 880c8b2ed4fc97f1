"""A customer with an app and a recognition that has seen nothing."""

import pytest

import make
from sightings import open_app, open_recognition


@pytest.fixture
async def customer(client):
    return await make.customer(client.house)


@pytest.fixture
async def seen(client, customer):
    """An app of the customer's with a recognition that has seen nothing."""
    app = await open_app(client.house, customer)
    return app, await open_recognition(client.house, app)
