"""What a statement's address asks for: the span, its time zone, the filters of the days, and the page of entries."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.roles.customer import spending_filters
from manyeyes.roles.customer.spending_filters import UNKNOWN, SpendingFilters
from manyeyes.roles.customer.statement import EntryPlace
from manyeyes.roles.customer.statement_span import USUAL_ZONE, StatementSpan, is_zone, month_span, read_span
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.cursors import OF_ENTRIES, cursor, read_cursor
from manyeyes.values.integers import whole_number

PAGE_ENTRIES = 50
PATH = "/customer/statement"


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A statement's question.

    Empty filters take everything; ``before``: the place of the entry after which the page begins, None for the newest.
    ``is_readable`` is False when what was asked for could not be read and this month stands in for it.
    """

    span: StatementSpan
    queue: str = ""
    soft_id: str = ""
    ip: str = ""
    before: EntryPlace | None = None
    is_readable: bool = True

    @property
    def is_filtered(self) -> bool:
        """Tell whether any filter narrows the days."""
        return bool(self.queue or self.soft_id or self.ip)

    def address(self, path: str = PATH, **more: str) -> str:
        """Return the address that asks the same again, its first page, with ``more``."""
        return f"{path}?{urlencode(self._asked(self.span) | self._others() | more)}"

    def beside(self, step: int) -> str:
        """Return the address of the next span, or of the one before."""
        return f"{PATH}?{urlencode(self._asked(self.span.beside(step)) | self._others())}"

    def page(self, before: EntryPlace) -> str:
        """Return the address of the page of entries before a place."""
        return self.address(before=cursor(before[0], *before[1]))

    def _others(self) -> dict[str, str]:
        named = {"queue": self.queue, "softId": self.soft_id, "ip": self.ip}
        return {name: value for name, value in named.items() if value}

    @staticmethod
    def _asked(span: StatementSpan) -> dict[str, str]:
        if span.month:
            return {"month": span.month, "tz": span.tz}
        return {"from": f"{span.start:%Y-%m-%dT%H:%M:%SZ}", "to": f"{span.end:%Y-%m-%dT%H:%M:%SZ}", "tz": span.tz}


def asked(query: Mapping[str, str], now: datetime, usual_zone: str = USUAL_ZONE) -> StatementQuery:
    """Read the question from a query; this month stands in for a span, and ``usual_zone`` for a zone, that is none."""
    said = query.get("tz", "").strip()
    tz = said if said and is_zone(said) else usual_zone
    wanted = {name: query.get(name, "") for name in ("month", "from", "to")}
    try:
        span, is_readable = read_span(wanted | {"tz": tz}, now), not said or tz == said
    except ValueError:
        span, is_readable = read_span({"tz": tz}, now), False
    return StatementQuery(
        span=span,
        queue=query.get("queue", "").strip(),
        soft_id=query.get("softId", "").strip(),
        ip=query.get("ip", "").strip(),
        before=_before(query.get("before", "")),
        is_readable=is_readable,
    )


def around(at: datetime, tz: str = USUAL_ZONE) -> str:
    """Return the address of the statement of the month that an instant lies in, at the entries up to it."""
    span = read_span({"tz": tz}, at)
    place = (at, (2**62, 0, 0))  # after all entries of the instant
    return StatementQuery(span=month_span(span.month, tz)).page(place)


def filters(question: StatementQuery, queues: Mapping[int, QueueTerms]) -> SpendingFilters:
    """Return the filters as the statistics take them; None takes everything, an unknown name or number nothing."""
    soft_id = whole_number(question.soft_id or "0", 19)
    soft_id = UNKNOWN if soft_id is None else soft_id
    return spending_filters.filters(queues, queue=question.queue, soft_id=soft_id, ip=question.ip)


def _before(text: str) -> EntryPlace | None:
    found = read_cursor(OF_ENTRIES, text)
    if found is None:
        return None
    at, numbers = found
    cause_id, kind, n = numbers or FIRST_PLACE
    return at, (cause_id, kind, n)
