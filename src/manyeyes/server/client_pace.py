"""How fast a client does its part of an exchange: how slowly a body comes, and how slowly a reply is read."""

LEAST_PROGRESS = (
    16 * 1024
)  # bytes of a body, or of a reply, in the time allowed: who drips holds no connection for ever


class ClientPace:
    """One connection's, as seen in looks some seconds apart. ``seconds``: in which `LEAST_PROGRESS` has to be made.

    Times are the event loop's, sizes are bytes.
    """

    __slots__ = ("_seconds", "_seen_came", "_seen_taken", "_stalled_since", "_unread_since")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen_came = self._seen_taken = 0
        self._stalled_since = self._unread_since = 0.0

    @property
    def is_unread(self) -> bool:
        """Tell whether the last look found something that the client has not read."""
        return bool(self._unread_since)

    def begin_body(self, since: float) -> None:
        """Begin a body whose request came ``since`` then."""
        self._seen_came, self._stalled_since = 0, since

    def is_body_too_slow(self, now: float, came: int, *, is_ours: bool) -> bool:
        """Tell whether too little of a body came for too long. ``is_ours``: it is our turn to do something."""
        if is_ours or came - self._seen_came >= LEAST_PROGRESS:
            self._seen_came, self._stalled_since = came, now
            return False
        return now - self._stalled_since >= self._seconds

    def is_unread_too_long(self, now: float, sent: int, waiting: int) -> bool:
        """Tell whether too little was read for too long of what was sent; ``waiting``: what was not taken yet."""
        taken = sent - waiting
        if not waiting or taken - self._seen_taken >= LEAST_PROGRESS or not self._unread_since:
            self._seen_taken, self._unread_since = taken, now if waiting else 0.0
        return bool(waiting) and now - self._unread_since >= self._seconds
