"""What a customer's word on a token answer means for its worker (docs/decisions/0011, 0045)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain

import msgspec

STANDING_SECONDS = 3_600  # docs/contracts/anticaptcha.md#allow-list: the entry is kept for an hour


class Standing(msgspec.Struct, frozen=True):
    """What one account thinks of one worker: on its allow-list, or ``filtered``; never both."""

    account_id: int
    worker_id: int
    filtered: bool


class FilterTerms(msgspec.Struct, frozen=True):
    """A filtered worker comes last, instead of never, while fewer than ``others`` beside them were present in the queue
    within ``window_seconds`` (docs/decisions/0045); both are settings of the installation.
    """

    others: int = 5
    window_seconds: int = 600

    def since(self, now: datetime) -> datetime:
        """Return after which instant somebody must have been present to count."""
        return now - timedelta(seconds=self.window_seconds)

    def are_hard(self, seen: int) -> bool:
        """Tell whether a filter bars, where ``seen`` were present lately, the filtered worker among them."""
        return seen > self.others


FILTER_TERMS = FilterTerms()


class Seen(msgspec.Struct, frozen=True):
    """Somebody who was present in a queue lately: ``left_at`` None is there now."""

    worker_id: int
    left_at: datetime | None


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


def shut_until(seen: Collection[Seen], filtered: Mapping[int, datetime], terms: FilterTerms) -> datetime | None:
    """Return until when an account's tasks would go to nobody who is there or was lately; None: somebody may have them.

    ``filtered``: until when the account filters whom. Whoever has left counts for the window; where then too few are
    left, the filtered ones come last instead. An empty room is no reason to refuse: somebody may come.
    """
    if all(one.left_at for one in seen) or any(one.worker_id not in filtered for one in seen):
        return None
    window = timedelta(seconds=terms.window_seconds)
    counting = sorted((one.left_at + window if one.left_at else _FOR_EVER for one in seen), reverse=True)
    if not terms.are_hard(len(counting)):
        return None
    return min(counting[terms.others], *(filtered[one.worker_id] for one in seen))


_FOR_EVER = datetime.max.replace(tzinfo=UTC)
