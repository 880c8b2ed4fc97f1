"""The database's clock, as known in this process between two of its replies."""

import time
from datetime import datetime, timedelta

KEPT_SECONDS = 5.0  # for so long a reading is gone by; two clocks part by less than a millisecond meanwhile


class DatabaseClock:
    """Every call tells it what time it was there; what it says lies within the time that one call took."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._now: datetime | None = None

    def note(self, now: datetime, sent: float, received: float) -> None:
        """Keep a reading that was taken between two moments of `time.monotonic`."""
        self._now, self._read_at = now, (sent + received) / 2

    def now(self) -> datetime | None:
        """Return what time it is in the database; None when it was not heard of lately."""
        passed = time.monotonic() - self._read_at
        return self._now + timedelta(seconds=passed) if self._now and passed < KEPT_SECONDS else None

    def forget(self) -> None:
        """Know nothing until the next reading."""
        self._now = None
