"""Callers from an address of choice, straight into the application."""

import httpx

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application

CALLER = "203.0.113.7"


def client_of(context: Context, address: str = CALLER) -> httpx.AsyncClient:
    """An HTTP client of the whole application that seems to call from ``address``; ``client.house`` is the house."""
    transport = httpx.ASGITransport(app=Application(context), client=(address, 1234))
    client = httpx.AsyncClient(transport=transport, base_url="http://manyeyes.test")
    client.context = context  # type: ignore[attr-defined]
    return client
