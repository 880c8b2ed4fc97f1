"""A whole site under uvicorn, and Chromium to look at it with."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser
from serving import Site, chromium_at, serving

import make
from chromium import MISSING, find_chromium
from manyeyes.settings import Settings


@pytest.fixture
async def site(dsn: str, settings: Settings) -> AsyncIterator[Site]:
    """The whole application with its chores behind a real HTTP server on loopback; ``site.house`` is behind it."""
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
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
async def people(site):
    """A customer and a worker."""
    return await make.customer(site.house), await make.hand(site.house)
