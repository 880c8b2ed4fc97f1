"""What the contract's tests share: a shop whose calls are signed, and the application on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from manyeyes.app import Application
from manyeyes.corked import CorkedProtocol
from manyeyes.house import House
from tupu.signed import Shop, client_of, open_shop


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    """A customer with an app and a recognition by people; no chores run."""
    async with client_of(house) as client:
        yield await open_shop(house, client)


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
