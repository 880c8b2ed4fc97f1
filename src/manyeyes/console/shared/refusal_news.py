"""How many of a worker's answers were refused since they last read about it in this browser."""

from datetime import UTC, datetime

from starlette.requests import Request

from manyeyes.roles.worker_reports import worker_reports
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Worker

SEEN = "manyeyes_refusals_seen"  # a cookie: up to when this browser's worker has read what was refused
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


async def news(context: Context, request: Request, worker: Worker) -> int:
    """Return how many answers were refused since this browser's worker last read about them."""
    seen = seen_until(request)
    found = await worker_reports(context, worker)
    return sum(one.decided_at is not None and one.decided_at > seen for one in found)


def seen_until(request: Request) -> datetime:
    """Return the instant of the latest verdict that was read in this browser."""
    try:
        return datetime.fromisoformat(request.cookies.get(SEEN, "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return BEGINNING
