"""What an operator's own programs ask, on an address of its own: is it well, and how much of what was done.

Customers and strangers never reach it: the public port knows neither path (docs/how-to/run-it-for-real.md).
"""

import asyncio
import os
import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from manyeyes.db.pool import LOST_CONNECTION
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.server.handover import SHARED_METRICS
from manyeyes.server.house_metrics import HouseMetrics

HEALTHY_SECONDS = 3.0
OLDEST_METRICS_SECONDS = 1.0  # writing them takes the loop's time, and nobody looks more often


def ops_application(context: Context) -> Any:
    """Return the ASGI application of /healthz and /metrics; every other path is a 404."""
    metrics, house = _Metrics(), HouseMetrics(context)

    async def health(request: Request) -> Response:
        """GET /healthz: 200 while the database answers, else 503; it does not wait for one that is away."""
        try:
            async with asyncio.timeout(HEALTHY_SECONDS), context.cells.directory.acquire() as db:
                await db.fetchval("SELECT 1")
        except (Unavailable, *LOST_CONNECTION):  # a time-out is an OSError too
            return JSONResponse({"status": "the database is away"}, 503, {"retry-after": "5"})
        return JSONResponse({"status": "ok"})

    async def show_metrics(request: Request) -> Response:
        """GET /metrics: those of all serving processes together, and how the house is now."""
        return Response(metrics.text() + await house.text(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", health), Route("/metrics", show_metrics)])


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
