"""For how long a person keeps what lies before them while they work at it (docs/decisions/0074)."""

from datetime import datetime, timedelta

import msgspec

LEASES_IN_ALL = 3  # the first one, and what "more time" adds


class Renewed(msgspec.Struct, frozen=True):
    """Until when a lease lasts now, and until when it may be renewed; None: nobody was shown what it is of."""

    expires_at: datetime
    renewable_until: datetime | None


def latest_end(shown_at: datetime, lease_seconds: float) -> datetime:
    """Return the instant beyond which nobody keeps what they were shown then."""
    return shown_at + timedelta(seconds=LEASES_IN_ALL * lease_seconds)


def renewed_until(now: datetime, until: datetime, shown_at: datetime, lease_seconds: float) -> datetime:
    """Return until when a live lease lasts that is renewed now: a whole one from now, never beyond `latest_end`.

    A renewal never shortens it: instructions that were read may have begun it anew (actions/note_instructions_seen.py).
    """
    return max(until, min(now + timedelta(seconds=lease_seconds), latest_end(shown_at, lease_seconds)))
