"""What a statement's address asks for: `?from=` at any second, the filters of the hours, and the page of entries."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec

from manyeyes.roles.customer import spending_filters
from manyeyes.roles.customer.spending_filters import UNKNOWN, SpendingFilters
from manyeyes.statistics.rules import DAY_SECONDS
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.integers import whole_number

DAY = timedelta(seconds=DAY_SECONDS)
PAGE_ENTRIES = 50
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# A plus sign in an address arrives as a space: `2026-01-01T00:00:00+07:00` has lost it when it gets here.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A statement's question.

    Empty filters take everything; ``page`` counts from 1; ``is_readable`` is False when the start could not be read and
    the last 24 hours stand in for it.
    """

    start: datetime
    queue: str = ""
    soft_id: str = ""
    ip: str = ""
    page: int = 1
    is_readable: bool = True

    @property
    def end(self) -> datetime:
        """Return the first instant after the window."""
        return self.start + DAY

    @property
    def is_filtered(self) -> bool:
        """Tell whether any filter narrows the hours."""
        return bool(self.queue or self.soft_id or self.ip)

    def address(self, path: str = "/customer/statement", **changes: object) -> str:
        """Return the address that asks the same with ``changes``."""
        asked = msgspec.structs.replace(self, **changes)
        parts = {
            "from": f"{asked.start:%Y-%m-%dT%H:%M:%SZ}",
            "queue": asked.queue,
            "softId": asked.soft_id,
            "ip": asked.ip,
        }
        parts["page"] = str(asked.page) if asked.page > 1 else ""
        return f"{path}?{urlencode({name: value for name, value in parts.items() if value})}"


def asked(query: Mapping[str, str], now: datetime) -> StatementQuery:
    """Read the question from a query; without a start it is about the 24 hours that end now."""
    start = instant(query.get("from", "").strip()) if query.get("from", "").strip() else _last_day(now)
    page = query.get("page", "")
    return StatementQuery(
        start=start or _last_day(now),
        queue=query.get("queue", "").strip(),
        soft_id=query.get("softId", "").strip(),
        ip=query.get("ip", "").strip(),
        page=whole_number(page, 7) or 1,
        is_readable=start is not None,
    )


def instant(text: str) -> datetime | None:
    """Return the instant that Unix seconds or an RFC 3339 text name, to the second; None for neither.

    A text without a zone means UTC.
    """
    try:
        unix = whole_number(text, 12)
        if unix is not None:
            found = datetime.fromtimestamp(unix, UTC)
        else:
            found = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(microsecond=0) if EARLIEST <= found <= LATEST else None


def filters(question: StatementQuery, queues: Mapping[int, QueueTerms]) -> SpendingFilters:
    """Return the filters as the statistics take them; None takes everything, an unknown name or number nothing."""
    soft_id = whole_number(question.soft_id or "0", 19)
    soft_id = UNKNOWN if soft_id is None else soft_id
    return spending_filters.filters(queues, queue=question.queue, soft_id=soft_id, ip=question.ip)


def _last_day(now: datetime) -> datetime:
    """Return the instant 24 hours ago, to the second, so that what happened in this very second is still inside."""
    return now.replace(microsecond=0) + timedelta(seconds=1) - DAY
