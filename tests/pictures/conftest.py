"""A customer of both contracts, and a worker."""

from collections.abc import AsyncIterator

import pytest

from manyeyes.runtime.context import Context
from support import factories
from support.in_process_client import Client, client_of
from support.signed_customer import Shop, open_shop


@pytest.fixture
async def calm(context: Context) -> AsyncIterator[Client]:
    """A client of the whole application, whose periodic jobs do not run."""
    async with client_of(context) as client:
        yield client


@pytest.fixture
async def shop(calm: Client) -> Shop:
    """An app of TUPU's contract with one recognition."""
    return await open_shop(calm.context, calm)


@pytest.fixture
async def customer(calm: Client) -> factories.Customer:
    """A customer with ten dollars."""
    return await factories.customer(calm.context)


@pytest.fixture
async def hand(calm: Client) -> factories.Hand:
    """A worker."""
    return await factories.hand(calm.context)
