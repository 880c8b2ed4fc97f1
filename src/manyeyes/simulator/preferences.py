"""What accounts think of workers: the last word counts, for an hour (allow_list.rules)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from manyeyes.allow_list.rules import STANDING_SECONDS


class Regards:
    """Whom accounts list and whom they filter, each until a second since the beginning.

    Praise lists a worker, its twin filters them; each undoes the other.
    """

    def __init__(self) -> None:
        self._listed: dict[int, dict[int, float]] = {}
        self._filtered: dict[int, dict[int, float]] = {}

    def praise(self, account_id: int, worker_id: int, now: float) -> None:
        """Record that the account reported an answer of the worker as correct."""
        self._listed.setdefault(account_id, {})[worker_id] = now + STANDING_SECONDS
        self._filtered.get(account_id, {}).pop(worker_id, None)

    def complain(self, account_id: int, worker_id: int, now: float) -> None:
        """Record that the account reported an answer of the worker as incorrect."""
        self._filtered.setdefault(account_id, {})[worker_id] = now + STANDING_SECONDS
        self._listed.get(account_id, {}).pop(worker_id, None)

    def listed(self, account_id: int, now: float) -> frozenset[int]:
        """Return all whom the account lists now."""
        return frozenset(w for w, until in self._listed.get(account_id, {}).items() if until > now)

    def filtered(self, account_id: int, workers: Iterable[int], now: float) -> frozenset[int]:
        """Return those of the workers whom the account filters now."""
        until = self._filtered.get(account_id)
        return frozenset(w for w in workers if until.get(w, now) > now) if until else frozenset()

    def filtered_until(self, account_id: int, now: float) -> dict[int, float]:
        """Return until which second the account filters whom."""
        return {w: until for w, until in self._filtered.get(account_id, {}).items() if until > now}

    def lists(self, accounts: Iterable[int], idle: Iterable[int], now: float) -> dict[int, AbstractSet[int]]:
        """Return whom of the idle ones these accounts list; accounts that list nobody of anybody are left out."""
        lists = {account: until for account in accounts if (until := self._listed.get(account))}
        return {a: frozenset(w for w in idle if until.get(w, now) > now) for a, until in lists.items()}

    def filters(self, accounts: Iterable[int], workers: Iterable[int], now: float) -> dict[int, AbstractSet[int]]:
        """Return whom of the workers these accounts filter; accounts that filter nobody of them are left out."""
        return {a: found for a in accounts if (found := self.filtered(a, workers, now))}
