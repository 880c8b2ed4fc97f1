"""What it costs to say how far people agree: 100,000 answers, five to an item, with intervals; processor time."""

import random
import time
from collections.abc import Callable, Hashable

from bench.row import Row
from manyeyes.consensus.agreement import Rated, agreement
from manyeyes.consensus.disagreement import Distance

ITEMS, SMALL_ITEMS, EACH = 20_000, 2_000, 5
RIGHT = 0.8


def measure(small: bool = False) -> list[Row]:
    """Return the seconds for labels, texts, numbers and sets of labels, by few people and by many."""
    chance = random.Random("agreement")

    def label(item: int) -> str:
        return str(item % 4) if chance.random() < RIGHT else str(chance.randrange(4))

    def text(item: int) -> str:
        return f"text {item}" if chance.random() < RIGHT else f"text {chance.random()}"

    def number(item: int) -> int:
        return item + chance.randrange(100)

    def labels(item: int) -> frozenset[str]:
        return frozenset(str(n) for n in range(6) if (item >> n & 1) ^ (chance.random() > RIGHT))

    items = SMALL_ITEMS if small else ITEMS
    return [
        _row("labels", label, Distance.NOMINAL, items, 200, chance),
        _row("labels", label, Distance.NOMINAL, items, 1_000, chance),
        _row("texts", text, Distance.NOMINAL, items, 200, chance),
        _row("numbers", number, Distance.INTERVAL, items, 200, chance),
        _row("sets of labels", labels, Distance.SETS, items, 200, chance),
    ]


def _row(
    name: str, said: Callable[[int], Hashable], distance: Distance, items: int, people: int, chance: random.Random
) -> Row:
    rated = [Rated(item, worker, said(item)) for item in range(items) for worker in chance.sample(range(people), EACH)]
    began = time.process_time()
    found = agreement(rated, distance, chance)
    seconds = time.process_time() - began
    alpha = found.alpha.value if found.alpha else 0.0
    return Row(f"agreement of {len(rated):,} {name}, {people:,} people", seconds, "CPU s", "<= 2", {"alpha": alpha})
