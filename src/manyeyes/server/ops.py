"""What an operator's own programs ask, on an address of its own: is it well, and how much of what was done.

Customers and strangers never reach it: the public port knows neither path (docs/how-to/run-it-for-real.md).
"""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from manyeyes.db.pool import LOST_CONNECTION
from manyeyes.roles.house.conditions import Condition
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.server.handover import SHARED_METRICS
from manyeyes.server.house_metrics import HouseMetrics
from manyeyes.server.readiness import Readiness

HEALTHY_SECONDS = 3.0
NOT_READY, RETRY = "not ready", {"retry-after": "5"}
OLDEST_METRICS_SECONDS = 1.0  # writing them takes the loop's time, and nobody looks more often


def ops_application(context: Context) -> Any:
    """Return the ASGI application of /livez, /readyz, /healthz and /metrics; every other path is a 404."""
    metrics, house, readiness = _Metrics(), HouseMetrics(context), Readiness(context)

    async def live(request: Request) -> Response:
        """GET /livez: 200 while this process's loop turns. It looks at nothing else, so that an outage kills nobody."""
        return _told("alive", [Condition("loop", True, "it turns")])

    async def ready(request: Request) -> Response:
        """GET /readyz: 200 while this process can do its work, else 503; each check with its why.

        ``exclude=NAME``, as often as needed: that check is told and does not count.
        """
        found, excluded = await readiness.look(), request.query_params.getlist("exclude")
        is_ready = all(each.is_well for each in found if each.name not in excluded)
        return _told("ready" if is_ready else NOT_READY, found)

    async def health(request: Request) -> Response:
        """GET /healthz: 200 while the database answers, else 503; it does not wait for one that is away."""
        try:
            async with asyncio.timeout(HEALTHY_SECONDS), context.cells.directory.acquire() as db:
                await db.fetchval("SELECT 1")
        except (Unavailable, *LOST_CONNECTION):  # a time-out is an OSError too
            return JSONResponse({"status": "the database is away"}, 503, RETRY)
        return JSONResponse({"status": "ok"})

    async def show_metrics(request: Request) -> Response:
        """GET /metrics: those of all serving processes together, and how the house is now."""
        return Response(metrics.text() + await house.text(), media_type=CONTENT_TYPE_LATEST)

    paths = {"/livez": live, "/readyz": ready, "/healthz": health, "/metrics": show_metrics}
    return Starlette(routes=[Route(path, answer) for path, answer in paths.items()])


def _told(status: str, found: Sequence[Condition]) -> Response:
    checks = {each.name: {"ok": each.is_well, "why": each.seen} for each in found}
    body = {"status": status, "checks": checks}
    return JSONResponse(body, 503, RETRY) if status == NOT_READY else JSONResponse(body)


class _Metrics:
    def __init__(self) -> None:
        self._text, self._at = b"", 0.0

    def text(self) -> bytes:
        """Return them in Prometheus' text format."""
        if not self._text or time.monotonic() - self._at > OLDEST_METRICS_SECONDS:
            self._text, self._at = generate_latest(_registry()), time.monotonic()
        return self._text


def _registry() -> CollectorRegistry:
    """Return the registry of what several processes write down, or of this one, which has all in its memory."""
    if not os.environ.get(SHARED_METRICS):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
