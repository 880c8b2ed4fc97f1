"""How fast an app may call: a bucket of tokens per app, in each process by itself (code 17)."""


class Pace:
    """A full bucket holds one second's calls, and it fills at that rate. Only known apps have one."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens and when they were counted

    def take(self, secret_id: str, per_second: int, now: float) -> bool:
        """Take one token at ``now`` (seconds of a clock that never goes back); False when there is none.

        Calls may come here in another order than they arrived in: what arrived earlier takes nothing back.
        """
        tokens, counted = self._buckets.get(secret_id, (float(per_second), now))
        now = max(now, counted)
        tokens = min(float(per_second), tokens + (now - counted) * per_second)
        if tokens < 1:
            self._buckets[secret_id] = (tokens, now)
            return False
        self._buckets[secret_id] = (tokens - 1, now)
        return True
