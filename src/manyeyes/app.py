"""Wiring, nothing else: one ASGI application out of the edges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from manyeyes import chores
from manyeyes.actions.claim_deliveries import Claimed
from manyeyes.anticaptcha.envelope import AntiCaptcha, is_method
from manyeyes.anticaptcha.results import callback_body
from manyeyes.console import app as console
from manyeyes.courier import LOOK_SECONDS, Courier
from manyeyes.db.pool import LOST_CONNECTION, is_lost
from manyeyes.gather import Unavailable
from manyeyes.house import House
from manyeyes.tupu.envelope import Tupu, is_tupus
from manyeyes.tupu.review_push import push_body
from manyeyes.v1 import app as v1

OWN_PATHS = ("v1", "pictures", "healthz", "metrics", *console.OWN_PATHS)


class Application:
    """Sends our own paths to the pages and /v1, those under /v3 to TUPU's contract, and every other one to the
    Anti-Captcha contract, which answers it."""

    def __init__(self, house: House) -> None:
        handlers: dict[Any, Any] = {404: console.show_missing, **dict.fromkeys((Unavailable, *LOST_CONNECTION), _away)}
        pages = Starlette(routes=[*v1.routes(house), *console.routes(house)], exception_handlers=handlers)
        self._pages = pages
        self._calls = v1.Calls(house)
        self._methods = AntiCaptcha(house)
        self._tupu = Tupu(house)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] in self._calls:
            return await self._calls(scope, receive, send)
        if is_tupus(scope["path"]):
            return await self._tupu(scope, receive, send)
        first = scope["path"].lstrip("/").split("/", 1)[0]
        # The start page is only looked at: a call to the bare address is a customer's client that lost its method.
        is_ours = first in OWN_PATHS and (first or scope["method"] in ("GET", "HEAD"))
        await (self._pages if is_ours or _is_a_persons_look(scope) else self._methods)(scope, receive, send)


def _is_a_persons_look(scope: dict[str, Any]) -> bool:
    """Whether a browser looks for a page that is not there; what may be a client's call is answered as one."""
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return scope["method"] == "GET" and b"text/html" in accept and not is_method(scope["path"])


async def _away(request: Request, error: Exception) -> Response:
    """An outage is a 503 (docs/decisions/0005); what only looks like one stays a fault of ours."""
    if not isinstance(error, Unavailable) and not is_lost(error):
        raise error
    return PlainTextResponse("the database is away; ask again in a few seconds", 503, {"retry-after": "5"})


def delivery_body(house: House, cell: int, claimed: Claimed) -> bytes:
    """Return what is sent for a delivery: a verdict on a recogniser's result, or a task's result."""
    if claimed.verdict is not None:
        return push_body(house.seal, claimed.verdict.name, claimed.verdict.label, claimed.at)
    return callback_body(house.pictures, cell, claimed.outcome, claimed.claim.base_url)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Application]:
    """Run the house's chores and its bell for as long as the block lasts."""
    house.bell.start()

    def body_of(cell: int, claimed: Claimed) -> bytes:
        return delivery_body(house, cell, claimed)

    courier = Courier(house.gather.ask, house.door, house.webhook_key, body_of)

    async def deliver(_: House, cell: int) -> None:
        await courier.deliver(cell)

    tasks = chores.start_chores(house, [(LOOK_SECONDS, deliver)])
    try:
        yield Application(house)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await courier.stop()
        await house.close()
