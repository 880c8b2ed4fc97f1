"""What the contract's tests share: a client without periodic jobs, a real socket, and a check of what was left."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from manyeyes.runtime.context import Context
from support.in_process_client import Client, client_of
from support.served_application import served
from support.traces_left import look


@pytest.fixture
async def calm(context: Context) -> AsyncIterator[Client]:
    """An HTTP client of the whole application, whose periodic jobs do not run; ``calm.context`` is behind it."""
    async with client_of(context) as client:
        yield client


@pytest.fixture
async def address(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Host and port where the application listens, served as the serving process does it."""
    async with served(context) as place:
        yield place


@pytest.fixture
def nothing_left(context: Context) -> Callable[[], AbstractAsyncContextManager[None]]:
    """``async with nothing_left():`` fails when the block added or removed a row or moved any money."""

    @asynccontextmanager
    async def unchanged() -> AsyncIterator[None]:
        before = await look(context)
        yield
        assert await look(context) == before

    return unchanged
