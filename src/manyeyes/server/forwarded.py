"""Who called, and how, by the word of a proxy in front: `X-Forwarded-For` and `X-Forwarded-Proto` of a trusted one."""

from collections.abc import Awaitable
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from manyeyes.server.exchange import AsgiCallable

_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto")


class Forwarded:
    """Lets uvicorn's reader of these headers look at the requests that have one; most have none.

    ``trusted``: the proxies whose word is taken (docs/reference/settings.md).
    """

    def __init__(self, application: AsgiCallable, trusted: str) -> None:
        self._application = application
        self._reader: Any = ProxyHeadersMiddleware(application, trusted)  # type: ignore[arg-type]

    def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Awaitable[None]:
        for name, _ in scope["headers"]:
            if name in _FORWARDED:
                forwarded: Awaitable[None] = self._reader(scope, receive, send)
                return forwarded
        return self._application(scope, receive, send)
