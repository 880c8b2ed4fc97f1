"""What each reader's routes are: pages to look at and forms to send, by their paths."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

PageOrForm = Callable[[Request], Awaitable[Response]]
Rooms = tuple[dict[str, PageOrForm], dict[str, PageOrForm]]  # pages to look at, forms to send
