"""The whole application behind a real HTTP server on loopback, and a browser that looks at nothing else."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec
import uvicorn
from playwright.async_api import Browser, async_playwright, expect

from manyeyes.runtime.context import Context, open_context
from manyeyes.server.application import running
from manyeyes.settings import Settings
from support.served_application import config_of

PATIENCE_MILLISECONDS = 30_000  # Playwright's own for what is done; what is expected would have five seconds of it
# Nothing but loopback: no updates, no synchronisation, no second transport.
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Site(msgspec.Struct, frozen=True):
    """A running server: the context behind it and its address."""

    context: Context
    url: str


class Server(uvicorn.Server):
    """Tells when it accepts, and leaves the signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepts = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell that the server accepts."""
        await super().startup(sockets)
        self.accepts.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Yield without touching the signals."""
        yield


@asynccontextmanager
async def serving(dsn: str, settings: Settings) -> AsyncIterator[Site]:
    """Serve a prepared database, with its periodic jobs, on a free port of loopback for as long as the block lasts."""
    context = await open_context(settings, dsn)
    async with running(context) as application:
        server = Server(config_of(context, application, port=0))
        task = asyncio.create_task(server.serve())
        await server.accepts.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Site(context, f"http://127.0.0.1:{port}")
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def chromium_at(path: str) -> AsyncIterator[Browser]:
    """Run the Chromium that lies at ``path``."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()
