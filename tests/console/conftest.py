"""A whole site under uvicorn, and Chromium to look at it with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from manyeyes.settings import Settings
from support import factories
from support.chromium import MISSING, find_chromium
from support.served_site import Site, chromium_at, serving


@pytest.fixture
async def site(dsn: str, settings: Settings) -> AsyncIterator[Site]:
    """The whole application with its periodic jobs on a real HTTP server on loopback, and its context."""
    async with serving(dsn, settings) as site:
        yield site


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium; where there is none its tests are skipped."""
    path = find_chromium()
    if path is None:
        pytest.skip(MISSING)
    async with chromium_at(path) as browser:
        yield browser


@pytest.fixture
async def browser(chromium: Browser, site: Site) -> AsyncIterator[Browser]:
    """Chromium; whatever a test opened is closed before the site is."""
    yield chromium
    for browser_context in chromium.contexts:
        await browser_context.close()


@pytest.fixture
async def people(site: Site) -> tuple[factories.Customer, factories.Hand]:
    """A customer and a worker."""
    return await factories.customer(site.context), await factories.hand(site.context)


@pytest.fixture
async def customer(site: Site) -> factories.Customer:
    """A customer with money."""
    return await factories.customer(site.context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three pictures, and a file that is none."""
    inner = tmp_path / "meters" / "north"
    inner.mkdir(parents=True)
    for number in ("101", "202", "303"):
        (inner / f"{number}.png").write_bytes(factories.picture_bytes(number))
    (inner / "notes.txt").write_text("not a picture")
    return tmp_path / "meters"
