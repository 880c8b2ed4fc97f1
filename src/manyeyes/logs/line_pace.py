"""How many lines of one kind are written in a second: who asks wrongly without end fills no disk, and hides nobody."""

import asyncio
import time
from collections import Counter

import structlog

MOST_ALIKE = 5  # lines a second of one event and reason, in each process
EventAndReason = tuple[str, str]
log = structlog.get_logger()


class LinePace:
    """Tells which lines may be written; of those that were left out the number is told when the second is over."""

    def __init__(self) -> None:
        self._second = 0
        self._said: Counter[EventAndReason] = Counter()

    def takes(self, event: str, reason: str) -> bool:
        """Tell whether a line of this kind is written; count it when it is left out."""
        second = int(time.monotonic())
        if second != self._second:
            self.close()
            self._second = second
        self._said[event, reason] += 1
        number = self._said[event, reason]
        if number == MOST_ALIKE + 1:
            asyncio.get_running_loop().call_later(1.0, self._close_of, second)  # nobody may come any more to tell it
        return number <= MOST_ALIKE

    def close(self) -> None:
        """Tell how many lines were left out since this was asked last."""
        said, self._said = self._said, Counter()
        for (event, reason), number in said.items():
            if number > MOST_ALIKE:
                log.warning("lines_left_out", of=event, reason=reason, lines=number - MOST_ALIKE)

    def _close_of(self, second: int) -> None:
        if second == self._second:
            self.close()
