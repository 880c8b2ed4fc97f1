"""For how long a person keeps what lies before them while they work at it (docs/decisions/0074)."""

from datetime import datetime, timedelta
from typing import ClassVar

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


class Renewable:
    """What lies before a reviewer for ``LEASE_SECONDS``, and longer while they work at it: a vote, a judgement.

    ``shown_at``: since when, of a leased one; None for one from before that was kept, which cannot be renewed.
    """

    LEASE_SECONDS: ClassVar[float]
    lease_until: datetime | None
    shown_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        """Return when its lease ends, of a leased one."""
        assert self.lease_until is not None
        return self.lease_until

    @property
    def latest_end(self) -> datetime:
        """Return until when its lease may be renewed."""
        return latest_end(self.shown_at, self.LEASE_SECONDS) if self.shown_at else self.ends_at

    def end_if_renewed(self, now: datetime) -> datetime:
        """Return until when its lease lasts if it is renewed now."""
        return renewed_until(now, self.ends_at, self.shown_at, self.LEASE_SECONDS) if self.shown_at else self.ends_at
