"""Wiring, nothing else: one ASGI application out of the edges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.actions.claim_deliveries import Claimed
from manyeyes.anticaptcha.envelope import AntiCaptcha, is_method
from manyeyes.anticaptcha.task_results import callback_body
from manyeyes.console import routes as console
from manyeyes.console.customer.notice_mails import mail_of
from manyeyes.db.pool import LOST_CONNECTION, is_lost
from manyeyes.mcp.doorway import Doorway
from manyeyes.outbound.mail_door import MailOutcome
from manyeyes.roles.customer.items import drop_stale
from manyeyes.roles.customer.picture_sources import fetch_picture, is_passing
from manyeyes.roles.site_checks import check_due, end_barred
from manyeyes.runtime import periodic, sweeps
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.runtime.customer_sweeps import CUSTOMER_JOBS
from manyeyes.runtime.delivery_sender import DeliverySender
from manyeyes.runtime.job_feeder import Fetched, JobFeeder
from manyeyes.runtime.sampling import SAMPLING_JOBS
from manyeyes.runtime.sweeps import Sweep
from manyeyes.sites import store as sites
from manyeyes.tupu.envelope import Tupu, is_tupus
from manyeyes.tupu.review_push import push_body
from manyeyes.v1 import routes as v1
from manyeyes.v1.events import event_body
from manyeyes.webhooks import store as webhooks

OWN_PATHS = frozenset({"v1", "docs", "pictures", "examples", *console.OWN_PATHS})
LOOKS = ("GET", "HEAD")

JOBS: list[tuple[float, periodic.PeriodicJob]] = [
    *periodic.JOBS,
    (10.0, check_due),
    (60.0, drop_stale),
]
SWEEPS: list[Sweep] = [*sweeps.SWEEPS, (sites.ANY_UNSWEPT, end_barred)]


class Application:
    """Sends our own paths to the pages, /v1 and /mcp, those under /v3 to TUPU's contract, and every other call to the
    Anti-Captcha contract, which answers it. Whoever only looks for what is not there gets a 404."""

    def __init__(self, context: Context) -> None:
        handlers: dict[Any, Any] = {404: console.show_missing, Exception: console.show_trouble}
        handlers |= dict.fromkeys((Unavailable, *LOST_CONNECTION), _away)
        pages = Starlette(routes=[*v1.routes(context), *console.routes(context)], exception_handlers=handlers)
        self._pages = pages
        self._calls = v1.Calls(context)
        self._mcp = Doorway(context, self._calls)
        self._methods = AntiCaptcha(context)
        self._tupu = Tupu(context)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await self._edge(scope["method"], scope["path"])(scope, receive, send)

    def _edge(self, method: str, path: str) -> Any:
        """Return who answers a request."""
        if path in self._calls:
            return self._calls
        if path in self._mcp:
            return self._mcp
        if is_tupus(path):
            return self._tupu
        first = path.lstrip("/").partition("/")[0]
        # The start page is only read: any other call to the bare address is a customer's client without its method.
        is_ours = first in OWN_PATHS and (first or method in LOOKS)
        return self._pages if is_ours or _is_a_look(method, path) else self._methods

    async def close(self) -> None:
        """End what was begun for callers and may outlast their calls."""
        await self._mcp.close()


def _is_a_look(method: str, path: str) -> bool:
    """Tell whether somebody looks for what is not there: a person, a probe, a robot; a method is never looked at."""
    return method in LOOKS and not is_method(path)


async def _away(request: Request, error: Exception) -> Response:
    """Return a 503 for an outage (docs/decisions/0005); raise the error again when it only looks like one."""
    if not isinstance(error, Unavailable) and not is_lost(error):
        raise error
    return console.show_away(request)


async def delivery_body(context: Context, cell: int, claimed: Claimed) -> bytes:
    """Return what is sent for a delivery: an event of /v1, a verdict on a recogniser's result, or a task's result."""
    if claimed.outcome is None:
        return await event_body(context, cell, claimed.claim, claimed.at)
    if claimed.verdict is not None:
        return push_body(context.signer, claimed.verdict.name, claimed.verdict.label, claimed.at)
    return callback_body(context.pictures, cell, claimed.outcome, claimed.claim.base_url)


@asynccontextmanager
async def running(context: Context) -> AsyncIterator[Application]:
    """Run the periodic jobs and the notifier for as long as the block lasts; yield the application."""
    context.notifier.start()

    async def body_of(cell: int, claimed: Claimed) -> bytes:
        return await delivery_body(context, cell, claimed)

    async def post(cell: int, claimed: Claimed) -> MailOutcome | None:
        mail = await mail_of(context, cell, claimed.claim)
        return None if mail is None else await context.mail_door.send(mail)

    sender = DeliverySender(context.batcher.ask, context.door, context.webhook_key, body_of, post=post)

    async def deliver(_: Context, cell: int) -> None:
        await sender.deliver(cell)

    async def fetch(cell: int, account_id: int, url: str) -> Fetched:
        return await fetch_picture(context, cell, account_id, url)

    feeder = JobFeeder(context, fetch, is_passing)
    tasks = periodic.start_jobs(context, [*JOBS, *CUSTOMER_JOBS, *SAMPLING_JOBS])
    tasks += sweeps.start_sweeps(context, [*SWEEPS, (webhooks.ANY_DELIVERY, deliver)])
    tasks += [asyncio.create_task(feeder.run(cell), name=f"feed-{cell}") for cell in context.cells.numbers]
    application = Application(context)
    try:
        yield application
    finally:
        await application.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await feeder.stop()
        await sender.stop()
        await context.close()
