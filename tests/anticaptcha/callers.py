"""Callers from an address of choice, straight into the application."""

import httpx

from manyeyes.app import Application
from manyeyes.house import House

CALLER = "203.0.113.7"


def client_of(house: House, address: str = CALLER) -> httpx.AsyncClient:
    """An HTTP client of the whole application that seems to call from ``address``; ``client.house`` is the house."""
    transport = httpx.ASGITransport(app=Application(house), client=(address, 1234))
    client = httpx.AsyncClient(transport=transport, base_url="http://manyeyes.test")
    client.house = house  # type: ignore[attr-defined]
    return client
