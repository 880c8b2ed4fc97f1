"""What the contract's tests share: a client without chores, a real socket, and proof that nothing was left behind."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
import uvicorn
from callers import client_of
from traces import look

from manyeyes.app import Application
from manyeyes.corked import CorkedProtocol
from manyeyes.house import House


@pytest.fixture
async def calm(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the whole application, whose chores do not run; ``calm.house`` is the house behind it."""
    async with client_of(house) as client:
        yield client


@pytest.fixture
async def address(house: House) -> AsyncIterator[tuple[str, int]]:
    """Host and port where the application listens, served as the serving process does it."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Application(house), http=CorkedProtocol, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()
    server.should_exit = True
    await serving


@pytest.fixture
def nothing_left(house: House) -> Callable[[], AbstractAsyncContextManager[None]]:
    """``async with nothing_left():`` fails when the block added or removed a row or moved any money."""

    @asynccontextmanager
    async def unchanged() -> AsyncIterator[None]:
        before = await look(house)
        yield
        assert await look(house) == before

    return unchanged
