"""What the contract's tests share: a client without periodic jobs, a real socket, and a check of what was left."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import uvicorn

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application
from manyeyes.server.http_protocol import OneWriteProtocol
from support.in_process_client import Client, client_of
from support.traces_left import look


@pytest.fixture
async def calm(context: Context) -> AsyncIterator[Client]:
    """An HTTP client of the whole application, whose periodic jobs do not run; ``calm.context`` is behind it."""
    async with client_of(context) as client:
        yield client


@pytest.fixture
async def address(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Host and port where the application listens, served as the serving process does it."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Application(context), http=OneWriteProtocol, lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()
    server.should_exit = True
    await serving


@pytest.fixture
def nothing_left(context: Context) -> Callable[[], AbstractAsyncContextManager[None]]:
    """``async with nothing_left():`` fails when the block added or removed a row or moved any money."""

    @asynccontextmanager
    async def unchanged() -> AsyncIterator[None]:
        before = await look(context)
        yield
        assert await look(context) == before

    return unchanged
