"""The head of a request as it was read, and the few heads that a connection sends again and again."""

import re

import msgspec

from manyeyes.server.reply_head import Header

MOST_KNOWN = 8  # heads of a connection: a client repeats a few, but for the length of what it sends
LARGEST_KNOWN = 1_024  # bytes
MOST_LINES_KNOWN = 32  # headers: each takes a hundred bytes more than it has; browsers send about twenty
_ENDS = re.compile(rb"\n\r?\n")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:=-]{1,128}")
_OFFER = re.compile(rb"\nupgrade:[^\n]*", re.IGNORECASE)


class RequestHead(msgspec.Struct, frozen=True, kw_only=True):
    """``path`` is unquoted, ``raw_path`` is not. ``length``: of the body, in bytes; None: it comes in chunks.

    ``keep_alive``: the client wants the connection for more. ``expects_word``: it waits to be told to send its body
    (RFC 9110, 10.1.1). ``request_id``: what it is called by who sent it, empty for what is no name.
    """

    method: str
    path: str
    raw_path: bytes
    query: bytes
    headers: list[Header]
    version: str
    length: int | None
    keep_alive: bool
    expects_word: bool
    request_id: bytes = b""


class KnownHeads:
    """What the parser made of the last heads of one connection. The same bytes are the same head: no need to ask again.

    They are a connection's own, and go with it: a head holds a token or a cookie. Nothing is kept of its first request:
    a stream is the only one of its connection.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, RequestHead] = {}
        self._has_begun = False

    def get(self, written: bytes) -> RequestHead | None:
        """Return the head that these bytes are, when they came before."""
        return self._known.get(written)

    def keep(self, written: bytes, head: RequestHead) -> None:
        """Keep what the parser made of a head; not where its body is for the parser to read."""
        is_large = len(written) > LARGEST_KNOWN or len(head.headers) > MOST_LINES_KNOWN
        if not self._has_begun or is_large or head.length is None or head.expects_word:
            self._has_begun = True
            return
        if len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[written] = head


def head_size(came: bytes, scanned: int, largest: int) -> tuple[int, bool]:
    """Return how long a head is, or what came of it; whether it is whole. ``scanned``: bytes in which none ends."""
    begin = max(scanned - 3, 0)
    end = came.find(b"\r\n\r\n", begin, largest)
    if end >= 0:
        return end + 4, True
    broken = _ENDS.search(came, begin, largest)  # the parser says what is wrong with it
    return (broken.end(), True) if broken else (len(came), False)


def well_formed(request_id: bytes) -> bytes:
    """Return what somebody else calls a request, empty for what is no name: it goes into a header, and into the log."""
    return request_id if _REQUEST_ID.fullmatch(request_id) else b""


def without_offer(head: bytes) -> bytes:
    """Return a head without an offer to upgrade: it is ours to ignore (RFC 9110, 7.8).

    The parser would take what follows for no HTTP.
    """
    return _OFFER.sub(b"", head) if b"\nupgrade:" in head.lower() else head


def path_asked(head: bytes) -> str:
    """Return the path of a request whose head was not parsed, as far as it is known."""
    words = head[:200].split(b" ", 2)
    return words[1].split(b"?")[0].decode("latin-1") if len(words) > 1 else ""
