"""Agents: the official MCP client, on the two ways in that an installation has."""

import base64
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from support import factories
from support.real_server import environment
from support.served_site import Site


def over_http(site: Site, key: str, **given: Any) -> AbstractAsyncContextManager[Client]:
    """Return a client of `/mcp` that calls with a client key; ``given`` is the client's own, such as `mode`."""
    return at_address(site.url, key, **given)


@asynccontextmanager
async def at_address(url: str, key: str, **given: Any) -> AsyncIterator[Client]:
    """Yield a client of the `/mcp` that an installation has at its address."""
    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), **given) as client,
    ):
        yield client


def stdio_server(url: str, key: str, **more: str) -> StdioServerParameters:
    """Return how an agent starts `manyeyes mcp` for an installation and a client key; ``more``: other settings."""
    settings = {"MANYEYES_URL": url, "MANYEYES_KEY": key, **more}
    return StdioServerParameters(command=sys.executable, args=["-m", "manyeyes", "mcp"], env=environment(**settings))


def question(words: str = "What is written there?", kind: str = "text", **more: Any) -> dict[str, Any]:
    """Return a question as an agent asks it."""
    return {"kind": kind, "words": words, **more}


def picture(text: str = "12345") -> str:
    """Return a picture with a text on it, in base64."""
    return base64.b64encode(factories.picture_bytes(text)).decode()


def told(result: CallToolResult) -> dict[str, Any]:
    """Return what a tool answered; it must be no error."""
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def words_of(result: CallToolResult) -> str:
    """Return the text of a tool's answer."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def tasks_made(site: Site, customer: factories.Customer) -> list[int]:
    """Return the tasks that an account has had made."""
    async with site.context.cells.pool(customer.cell).acquire() as db:
        rows = await db.fetch("SELECT task_id FROM task WHERE account_id = $1 ORDER BY task_id", customer.account_id)
    return [row["task_id"] for row in rows]


async def charged(site: Site, customer: factories.Customer) -> int:
    """Return the micro-units that an account was charged in all."""
    async with site.context.cells.pool(customer.cell).acquire() as db:
        found = await db.fetchval(
            "SELECT coalesce(sum(charged_micros), 0)::bigint FROM result WHERE account_id = $1", customer.account_id
        )
    assert isinstance(found, int)
    return found
