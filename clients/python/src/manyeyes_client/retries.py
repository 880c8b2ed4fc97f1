"""When a call is made again, and how long it is waited before: no clock and no network in here."""

import random

AGAIN = frozenset({429, 502, 503, 504})
FIRST_SECONDS, LONGEST_SECONDS = 0.25, 10.0


class Tries:
    """The tries of one call: ``patience`` seconds of pauses in all, each pause longer than the one before.

    Pauses are drawn between half and the whole of what is due, so that many clients do not come back at once.
    """

    def __init__(self, patience: float, chance: random.Random | None = None) -> None:
        self._left, self._due = patience, FIRST_SECONDS
        self._chance = chance or random.Random()

    def after_break(self) -> float | None:
        """Return the seconds to wait after a connection that broke; None when patience is at its end."""
        pause = self._due * self._chance.uniform(0.5, 1.0)
        self._due = min(self._due * 2, LONGEST_SECONDS)
        return self._spend(pause)

    def after_reply(self, status: int, retry_after: str | None) -> float | None:
        """Return the seconds to wait after a reply; None when it is to be taken as it is."""
        if status not in AGAIN:
            return None
        pause = self.after_break()
        if pause is None or retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
            return pause
        more = max(0.0, float(retry_after[:6]) - pause)
        return None if self._spend(more) is None else pause + more

    def _spend(self, pause: float) -> float | None:
        if pause > self._left:
            return None
        self._left -= pause
        return pause
