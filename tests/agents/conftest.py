"""A served installation, a customer whose key the agents use, and the people whom they ask."""

from collections.abc import AsyncIterator

import pytest

from manyeyes.settings import Settings
from support import factories
from support.served_site import Site, serving


@pytest.fixture
async def site(dsn: str, settings: Settings) -> AsyncIterator[Site]:
    """The whole application with its periodic jobs on a real HTTP server on loopback, and its context."""
    async with serving(dsn, settings) as site:
        yield site


@pytest.fixture
async def customer(site: Site) -> factories.Customer:
    return await factories.customer(site.context)
