"""What a customer's word on a token answer means for its worker (docs/decisions/0011)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

import msgspec

STANDING_SECONDS = 3_600  # docs/contracts/anticaptcha.md#allow-list: the entry is kept for an hour


class Standing(msgspec.Struct, frozen=True):
    """What one account thinks of one worker: on its allow-list, or ``filtered``; never both."""

    account_id: int
    worker_id: int
    filtered: bool


def ends_at(now: datetime) -> datetime:
    """Return until when that holds which a customer says ``now``; at that very instant it is over."""
    return now + timedelta(seconds=STANDING_SECONDS)


def latest(words: Iterable[Standing]) -> list[Standing]:
    """Return the last word of each account on each worker, by their ids: praise and filter undo each other."""
    last = {(word.account_id, word.worker_id): word for word in words}
    return [last[pair] for pair in sorted(last)]


def allow_lists(words: Iterable[Standing], most: int) -> dict[int, set[int]]:
    """Return whom accounts list, as `dispatch.rules.match` takes it, of at most ``most`` accounts.

    The words on each worker come with the newest first. Where more accounts list these workers, each worker's newest
    ones count, then each one's second newest, and so on: nobody's entries crowd out another's.
    """
    place: Counter[int] = Counter()
    in_turn: dict[int, list[Standing]] = {}
    for word in words:
        if not word.filtered:
            in_turn.setdefault(place[word.worker_id], []).append(word)
            place[word.worker_id] += 1
    lists: dict[int, set[int]] = {}
    for word in chain.from_iterable(in_turn.values()):
        if word.account_id in lists:
            lists[word.account_id].add(word.worker_id)
        elif len(lists) < most:
            lists[word.account_id] = {word.worker_id}
    return lists


def filters(words: Iterable[Standing]) -> dict[int, set[int]]:
    """Return whom accounts filter, as `dispatch.rules.WorkerFilters` takes it."""
    found: dict[int, set[int]] = {}
    for word in words:
        if word.filtered:
            found.setdefault(word.account_id, set()).add(word.worker_id)
    return found


def are_all_filtered(is_any_present: bool, is_any_other: bool) -> bool:
    """Tell whether an account filtered everybody: somebody is present, and nobody beside the filtered ones."""
    return is_any_present and not is_any_other
