"""A whole site under uvicorn, and Chromium to look at it with."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright
from visit import Site

from manyeyes.app import running
from manyeyes.house import open_house
from manyeyes.settings import Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


class Server(uvicorn.Server):
    """Tells when it accepts, and leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepts = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepts.set()

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
async def site(dsn: str, settings: Settings) -> AsyncIterator[Site]:
    """The whole application with its chores behind a real HTTP server on loopback; ``site.house`` is behind it."""
    house = await open_house(settings, dsn)
    async with running(house) as application:
        server = Server(uvicorn.Config(application, port=0, lifespan="off", log_level="warning", ws="none"))
        task = asyncio.create_task(server.serve())
        await server.accepts.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Site(house, f"http://127.0.0.1:{port}")
        server.should_exit = True
        await task


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium; where there is none its tests are skipped, and in CI that is a failure."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        message = f"no Chromium on PATH (looked for {', '.join(CHROMIUM_NAMES)})"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def browser(chromium: Browser, site: Site) -> AsyncIterator[Browser]:
    """Chromium; whatever a test opened is closed before the site is."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
