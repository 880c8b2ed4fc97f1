"""What draws the batches that are tried on a prepared world: few things, so that a batch's commands collide."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from manyeyes.tasks.rules import QueueTerms
from support.batch_world import FRESH, World

T = TypeVar("T")
MOST_COMMANDS = 5


class Draw:
    """Draws for one example; ``ids`` are free ones."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw, self.ids = draw, count(FRESH)

    def one(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return self._draw(st.sampled_from(items))  # type: ignore[no-any-return]

    def few(self, items: Sequence[T]) -> list[T]:
        """Return one or two of the items: whatever a batch draws from them meets itself."""
        return self._draw(st.lists(st.sampled_from(items), min_size=1, max_size=2))  # type: ignore[no-any-return]

    def rarely(self) -> bool:
        """Return True in few examples."""
        return self._draw(st.integers(0, 7)) == 7  # type: ignore[no-any-return]

    def batch(self, make: Callable[[], T], *, repeated: bool = True) -> list[T]:
        """Return commands; one of them may come once more."""
        commands = [make() for _ in range(self._draw(st.integers(2, MOST_COMMANDS)))]
        return [*commands, self.one(commands)] if repeated and self.one((False, True)) else commands


def queue_terms(draw: Draw, world: World) -> dict[int, QueueTerms]:
    """Return the queues' terms as a process knows them; queue 1 takes what it has, or few more, or many.

    The average bid that was measured lies below the only bid (batch_world.py): a queue that fills within a batch takes
    its price for it, since it was not looked up.
    """
    capacity = world.waiting + draw.one((0, 1, 2, 9_000))
    return {**world.stage.queues, 1: msgspec.structs.replace(world.stage.queues[1], capacity=capacity)}
