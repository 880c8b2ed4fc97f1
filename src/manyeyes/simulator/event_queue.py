"""What happens next: the loop of every simulation here."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # the rules want instants; which ones is all the same to them


class Agenda:
    """Calls in the order of their time; those of one instant come in the order in which they were entered.

    ``now`` is in seconds since the beginning.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._entered = 0

    def instant(self) -> datetime:
        """Return now as the rules want it."""
        return BEGINNING + timedelta(seconds=self.now)

    def after(self, seconds: float, call: Callable[..., None], *words: Any) -> None:
        """Enter a call, ``seconds`` from now."""
        self._entered += 1
        heapq.heappush(self._coming, (self.now + seconds, self._entered, call, words))

    def run(self, until: float) -> None:
        """Make every call that is due before the instant ``until``, including those entered meanwhile."""
        while self._coming and self._coming[0][0] < until:
            self.now, _, call, words = heapq.heappop(self._coming)
            call(*words)
        self.now = until
