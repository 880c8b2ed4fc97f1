"""Agents: the official MCP client, on the two ways in that an installation has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from support.served_site import Site


@asynccontextmanager
async def over_http(site: Site, key: str, **given: Any) -> AsyncIterator[Client]:
    """Yield a client of `/mcp` that calls with a client key; ``given`` is the client's own, such as `mode`."""
    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=60) as http,
        Client(streamable_http_client(f"{site.url}/mcp", http_client=http), **given) as client,
    ):
        yield client
