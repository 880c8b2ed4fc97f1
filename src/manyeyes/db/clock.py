"""The database's clock, as known in this process between two of its replies."""

import time
from datetime import datetime, timedelta

KEPT_SECONDS = 5.0  # for so long a reading is gone by; two clocks part by less than a millisecond meanwhile
MOST_UNSURE_SECONDS = 0.2  # a call that took longer may have said the time at its beginning or at its end


class DatabaseClock:
    """Every call tells it what time it was there; what it says is off by half of the time that one call took.

    So a call that took long, such as one that waited for a lock, tells it nothing.
    """

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._now: datetime | None = None
        self._last: datetime | None = None  # the latest that was told

    def note(self, now: datetime, sent: float, received: float) -> None:
        """Keep a reading that was taken between two moments of `time.monotonic`."""
        if received - sent <= MOST_UNSURE_SECONDS:
            self._now, self._read_at = now, (sent + received) / 2

    def now(self) -> datetime | None:
        """Return what time it is in the database; None when it was not heard of lately.

        It never goes back by what a reading is off: what is done after something else has no earlier time.
        """
        passed = time.monotonic() - self._read_at
        if self._now is None or passed >= KEPT_SECONDS:
            return None
        return self.told(self._now + timedelta(seconds=passed))

    def told(self, now: datetime) -> datetime:
        """Return the time that something is done at, not before what was told last, unless the clock was set back."""
        if self._last is not None and timedelta() < self._last - now <= timedelta(seconds=MOST_UNSURE_SECONDS):
            now = self._last
        self._last = now
        return now

    def forget(self) -> None:
        """Know nothing until the next reading."""
        self._now = None
