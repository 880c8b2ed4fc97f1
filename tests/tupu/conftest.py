"""What the contract's tests share: a shop whose calls are signed, and the application on a real socket."""

from collections.abc import AsyncIterator

import pytest

from manyeyes.runtime.context import Context
from support.in_process_client import client_of
from support.served_application import served
from support.signed_customer import Shop, open_shop


@pytest.fixture
async def shop(context: Context) -> AsyncIterator[Shop]:
    """A customer with an app and a recognition by people; no periodic jobs run."""
    async with client_of(context) as client:
        yield await open_shop(context, client)


@pytest.fixture
async def address(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Host and port where the application listens, served as the serving process does it."""
    async with served(context) as place:
        yield place
