"""One HTTP/1.1 exchange on an open connection, with limits that hold for what comes before it is understood.

httptools (llhttp, in C) reads: a reply made of a million tiny pieces costs what its bytes cost. Every byte is counted,
whatever it turns out to be, and after each piece the event loop turns once, so no peer keeps it and every deadline
holds. docs/decisions/0040 has the limits.
"""

import asyncio
from collections.abc import Iterable, Mapping

import httptools
import msgspec

LARGEST_PIECE = 16_384  # bytes read at a time: a millisecond's work at the very most
LARGEST_FRAMING = 65_536  # bytes of a reply that are not its body, beside as many again as the body has
MOST_INFORMATIONAL = 8  # "100 Continue", "103 Early Hints": before the one reply
_UNFIT = bytes({*range(32), 127} - {9})  # in a header's value (RFC 9110, 5.5)


class BrokenReply(Exception):
    """What came is not HTTP, is more than anybody needs to say, or broke off."""


class HttpReply(msgspec.Struct, frozen=True):
    """What came back, a redirect too. ``headers`` by lower-case name; ``body`` as it was sent, never unpacked.

    ``is_whole``: false when the body was longer than asked for; then it is its beginning.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True


def written(method: str, target: str, headers: Mapping[str, str], content: bytes) -> bytes:
    """Return a request as it is sent. Raises ValueError when a header holds what would end it."""
    lines = [f"{method} {target} HTTP/1.1".encode("ascii")]
    if content or method != "GET":
        headers = {**headers, "content-length": str(len(content))}
    for name, value in headers.items():
        line = value.strip().encode("utf-8", "replace")
        if line.translate(None, _UNFIT) != line:
            raise ValueError(f"the header {name} holds control characters")
        lines.append(name.encode("ascii") + b": " + line)
    return b"\r\n".join([*lines, b"", content])


async def receive(reader: asyncio.StreamReader, largest: int) -> HttpReply:
    """Return the reply that comes, its body up to ``largest`` bytes. Raises `BrokenReply`, and OSError of the wire.

    Whoever calls sets the deadline.
    """
    reading = _Reading(largest)
    while not reading.is_over:
        piece = await reader.read(LARGEST_PIECE)
        if not piece:
            reading.end()
            break
        reading.feed(piece)
        await asyncio.sleep(0)  # the reader returns at once while it has something: nobody else would have a turn
    return reading.reply()


class _Reading:
    """What has been read of a reply. The methods whose names begin with ``on_`` are httptools' to call."""

    def __init__(self, largest: int) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)  # there is no next reply to smuggle
        self._largest, self._status, self._received, self._informational = largest, 0, 0, 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self.is_over = False

    def feed(self, piece: bytes) -> None:
        """Read a piece, and nothing behind the reply's end. Raises `BrokenReply`."""
        self._received += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserError as error:
            if not self.is_over:
                raise BrokenReply(str(error.__context__ or error)) from error
        if self._received - len(self._body) > LARGEST_FRAMING + len(self._body):
            raise BrokenReply(f"it sent {self._received} bytes to say {len(self._body)}")

    def end(self) -> None:
        """Take note that nothing more comes. Raises `BrokenReply` when something should have."""
        names = {name.lower() for name, _ in self._headers}
        if not self._status or names & {b"content-length", b"transfer-encoding"}:
            raise BrokenReply("it broke off" if self._received else "it closed the connection without a reply")
        self.is_over = True

    def reply(self) -> HttpReply:
        """Return what has been read."""
        whole = len(self._body) <= self._largest
        return HttpReply(self._status, _joined(self._headers), bytes(self._body[: self._largest]), whole)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:  # else it is a trailer
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 100 or status == 101 or not self._parser.get_http_version().startswith("1."):
            raise BrokenReply("what it speaks is not HTTP/1.1")
        if status >= 200:
            self._status = status
            return
        self._headers.clear()
        self._informational += 1
        if self._informational > MOST_INFORMATIONAL:
            raise BrokenReply(f"it said more than {MOST_INFORMATIONAL} times that a reply will come")

    def on_body(self, part: bytes) -> None:
        self._body += part
        if len(self._body) > self._largest:
            self._stop()

    def on_message_complete(self) -> None:
        if self._status:
            self._stop()

    def _stop(self) -> None:
        self.is_over = True
        raise _Enough  # or it would read on, and into a next reply


class _Enough(Exception):
    """Stops the parser."""


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ", ".join(values) for name, values in found.items()}
