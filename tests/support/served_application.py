"""The application on a real socket of this process, served as the serving process does it; no periodic jobs run."""

import asyncio
import functools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application
from manyeyes.server.bounded_protocol import BoundedProtocol
from manyeyes.server.connection_limits import Places, limits_of
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.trouble_answers import answers_of


@asynccontextmanager
async def served(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Yield host and port where the application listens."""
    limits = limits_of(context.settings)
    protocol = functools.partial(
        BoundedProtocol, limits, Places(limits), ConnectionWatch(limits), answers_of(context.signer).reply
    )
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Application(context),
        http=protocol,  # type: ignore[arg-type]
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()
    server.should_exit = True
    await serving
