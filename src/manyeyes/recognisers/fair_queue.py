"""A queue in which accounts take turns, so that nobody waits behind all that another one has sent."""

import asyncio
from collections import OrderedDict, deque
from typing import Generic, Protocol, TypeVar


class Asked(Protocol):
    """What waits."""

    @property
    def account(self) -> int:
        """Return whose request it is part of; 0 for the house's own."""

    @property
    def size(self) -> int:
        """Return its size in bytes."""


AskedT = TypeVar("AskedT", bound=Asked)


class FairQueue(asyncio.Queue[AskedT], Generic[AskedT]):
    """First in, first out for each account; between accounts in turn."""

    def _init(self, maxsize: int) -> None:
        self._turns: OrderedDict[int, deque[AskedT]] = OrderedDict()
        self._count = 0
        self.bytes = 0  # of all that waits

    def qsize(self) -> int:
        """Return how many wait."""
        return self._count

    def empty(self) -> bool:
        """Tell whether nobody waits."""
        return not self._count

    def held_by(self, account: int) -> tuple[int, int]:
        """Return how many of an account's wait, and their bytes."""
        waiting = self._turns.get(account, ())
        return len(waiting), sum(asked.size for asked in waiting)

    def _put(self, item: AskedT) -> None:
        self._turns.setdefault(item.account, deque()).append(item)
        self._count += 1
        self.bytes += item.size

    def _get(self) -> AskedT:
        account, waiting = next(iter(self._turns.items()))
        item = waiting.popleft()
        if waiting:
            self._turns.move_to_end(account)
        else:
            del self._turns[account]
        self._count -= 1
        self.bytes -= item.size
        return item
