"""What accounts think of workers: the last word counts, for an hour."""

from collections.abc import Iterable

STANDING_SECONDS = 3_600  # seed 002: the entry is kept for the next hour


class Regards:
    """Who lists whom until when, in seconds since the beginning: praise lists a worker, its twin takes him off."""

    def __init__(self) -> None:
        self._until: dict[int, dict[int, float]] = {}

    def praise(self, account_id: int, worker_id: int, now: float) -> None:
        """List the worker, or renew his entry."""
        self._until.setdefault(account_id, {})[worker_id] = now + STANDING_SECONDS

    def take_off(self, account_id: int, worker_id: int) -> None:
        """Strike the worker from the list, if he is on it."""
        self._until.get(account_id, {}).pop(worker_id, None)

    def lists_anybody(self, account_id: int) -> bool:
        """Tell whether the account ever listed somebody who is still on its list, his hour over or not."""
        return bool(self._until.get(account_id))

    def listed(self, account_id: int, now: float) -> frozenset[int]:
        """Return all whom the account lists now."""
        return frozenset(w for w, until in self._until.get(account_id, {}).items() if until > now)

    def listed_among(self, account_id: int, workers: Iterable[int], now: float) -> frozenset[int]:
        """Return those of the workers whom the account lists now."""
        until = self._until.get(account_id, {})
        return frozenset(worker for worker in workers if until.get(worker, now) > now)
