"""What can go wrong before or behind an edge, and the status that HTTP has for it (RFC 9110, 15; RFC 6585, 5)."""

import enum


class Trouble(enum.Enum):
    """A status, and an English sentence for people."""

    UNREADABLE = 400, "this is no HTTP request that can be read"
    SLOW = 408, "the request came too slowly"
    LARGE_BODY = 413, "the body is too large"
    LARGE_HEAD = 431, "the request line and the headers are too large"
    BROKEN = 500, "an unexpected fault; it is in the log"
    AWAY = 503, "the service cannot answer right now; ask again in a few seconds"
    NO_PLACE = 503, "too many connections are open; close some, or ask again in a few seconds"

    @property
    def status(self) -> int:
        """Return the status code."""
        return self.value[0]

    @property
    def sentence(self) -> str:
        """Return what is said to people."""
        return self.value[1]

    @property
    def is_callers(self) -> bool:
        """Tell whether the request is what is wrong, and not the service."""
        return self.status < 500
