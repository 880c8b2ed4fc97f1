"""How many calls of one caller may wait at a time: each holds a connection, and is looked for every second."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Waits:
    """The streams and waiting calls of one process, by caller."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: Counter[str] = Counter()

    @contextmanager
    def place(self, caller: str, most: int | None = None) -> Iterator[bool]:
        """Hold a place for as long as the block lasts; yield False when the caller has all (or ``most``) of theirs."""
        if self._held[caller] >= (self.most if most is None else most):
            yield False
            return
        self._held[caller] += 1
        try:
            yield True
        finally:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
