"""An HTTP client that hands its requests straight to an application in this process."""

from typing import Any

import httpx

from manyeyes.runtime.context import Context
from manyeyes.server.application import Application

CALLER = "203.0.113.7"


class Client(httpx.AsyncClient):
    """Seems to call from ``address``; ``context`` is the one behind the application."""

    def __init__(self, context: Context, application: Any, address: str = CALLER) -> None:
        transport = httpx.ASGITransport(app=application, client=(address, 1234))
        super().__init__(transport=transport, base_url="http://manyeyes.test")
        self.context = context


def client_of(context: Context, address: str = CALLER) -> Client:
    """Return a client of the whole application that seems to call from ``address``; no periodic jobs run."""
    return Client(context, Application(context), address)
