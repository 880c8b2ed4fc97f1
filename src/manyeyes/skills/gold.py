"""Who gets a gold item when: by lot, more for newcomers and where there is doubt (docs/decisions/0057)."""

import hashlib
import math
from collections.abc import Collection, Sequence

GREATEST_SHARE, LEAST_SHARE = 0.20, 0.02
HALVED_AFTER = 20  # gold answers, after which half of the way is gone
_DRAW_BYTES = 8


def gold_share(checked: int, suspicion: float = 0.0) -> float:
    """Return the share of gold among the next tasks of somebody with so many gold answers in the queue.

    20 % for newcomers, halfway to 2 % after each 20 gold answers. ``suspicion`` from 0 to 1 (skills/floor.py) raises
    it again, at 1 to 20 %. Raises ValueError for a negative number or a suspicion outside.
    """
    if checked < 0 or not 0 <= suspicion <= 1:
        raise ValueError("gold answers are counted from 0 on, and suspicion lies from 0 to 1")
    trusted = 1 - math.exp2(-checked / HALVED_AFTER)
    share = LEAST_SHARE + (GREATEST_SHARE - LEAST_SHARE) * (1 - trusted * (1 - suspicion))
    return min(share, GREATEST_SHARE)


def lot(seed: bytes, worker_id: int, nth: int) -> float:
    """Return a number from 0 to below 1 that only who knows the seed can foretell: of a worker's ``nth`` task.

    The same one each time, so that a step that is tried again decides alike.
    """
    drawn = hashlib.blake2b(b"%d.%d" % (worker_id, nth), key=seed, digest_size=_DRAW_BYTES).digest()
    return (int.from_bytes(drawn, "big") >> 11) / 2**53


def chosen_gold(items: Sequence[Sequence[int]], seen: Collection[int], share: float, drawn: float) -> int | None:
    """Return the gold item somebody gets next, or None where they get an ordinary task.

    ``items``: the queue's gold, in a group for each truth where it is labels, else in one; each group is as likely, so
    that rare labels are looked at too. ``seen``: what they were ever given, ``drawn``: a lot. Nobody gets an item
    twice: who has seen all of it gets none. One lot decides everything, so that a step which is tried again chooses
    the same item.
    """
    if drawn >= share:
        return None
    unseen = [left for group in items if (left := [item for item in group if item not in seen])]
    if not unseen:
        return None
    place = drawn / share * len(unseen)
    group = unseen[min(int(place), len(unseen) - 1)]
    return group[min(int((place - int(place)) * len(group)), len(group) - 1)]
