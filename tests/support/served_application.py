"""The application on a real socket of this process, served as the serving process does it; no periodic jobs run."""

import asyncio
import functools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application
from manyeyes.server.bounded_protocol import BoundedProtocol
from manyeyes.server.connection_limits import Places, limits_of
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.trouble_answers import answers_of


def config_of(context: Context, application: object, **more: Any) -> uvicorn.Config:
    """Return what serves the application by the server's own HTTP, which ends event streams when their client goes."""
    limits = limits_of(context.settings)
    protocol = functools.partial(
        BoundedProtocol, limits, Places(limits), ConnectionWatch(limits), answers_of(context.signer).reply
    )
    return uvicorn.Config(
        application,  # type: ignore[arg-type]
        http=protocol,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        **more,
    )


@asynccontextmanager
async def served(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Yield host and port where the application listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config_of(context, Application(context)))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()
    server.should_exit = True
    await serving
