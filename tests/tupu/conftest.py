"""What the contract's tests share: a shop whose calls are signed, and the application on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application
from manyeyes.server.http_protocol import OneWriteProtocol
from support.in_process_client import client_of
from support.signed_customer import Shop, open_shop


@pytest.fixture
async def shop(context: Context) -> AsyncIterator[Shop]:
    """A customer with an app and a recognition by people; no periodic jobs run."""
    async with client_of(context) as client:
        yield await open_shop(context, client)


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
