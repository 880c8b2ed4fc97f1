"""In which time zone somebody reads: what the address says, else what a cookie kept, else UTC."""

from datetime import tzinfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.apps.rules import zone as zone_named
from manyeyes.console.shared.appearance import COOKIE, remember
from manyeyes.roles.customer.statement_span import USUAL_ZONE, is_zone

ZONE = "tz"


class ReaderZone(msgspec.Struct, frozen=True):
    """``is_chosen``: somebody said so, or their browser did (static/shared/time_zone.js)."""

    name: str
    is_chosen: bool

    @property
    def zone(self) -> tzinfo:
        """Return the time zone."""
        return zone_named(self.name)


def zone_of(request: Request) -> ReaderZone:
    """Return the reader's zone."""
    said, kept = request.query_params.get(ZONE, ""), request.cookies.get(COOKIE.format(ZONE), "")
    name = next((each for each in (said, kept) if each and is_zone(each)), "")
    return ReaderZone(name or USUAL_ZONE, bool(name or said))


def keep_zone(request: Request, response: Response) -> None:
    """Let a cookie keep the zone that the address named."""
    said = request.query_params.get(ZONE, "")
    if said and is_zone(said):
        remember(response, {ZONE: said})
