"""Connections to a real server, byte by byte: what no client library would send, or leave unread."""

import contextlib
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

LONG_ENOUGH_SECONDS = 30.0


class RawReply(NamedTuple):
    """One reply: its status, the head in lower case, and the body."""

    status: int
    head: bytes
    body: bytes


class RawConnection:
    """One connection; ``source`` is the loopback address that it comes from."""

    def __init__(self, url: str, source: str = "127.0.0.1") -> None:
        at = urlsplit(url)
        assert at.hostname
        assert at.port
        self.socket = socket.create_connection((at.hostname, at.port), LONG_ENOUGH_SECONDS, (source, 0))
        self._kept = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send it all; False when the other side hung up before that."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def reply(self) -> RawReply | None:
        """Return the next reply, whose length is told in its head; None when the connection ended before."""
        while b"\r\n\r\n" not in self._kept:
            if not self._more():
                return None
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        head = head.lower()
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(self._kept) < length and self._more():
            pass
        body, self._kept = self._kept[:length], self._kept[length:]
        return RawReply(int(head.split(b" ")[1]), head, body)

    def rest(self) -> bytes:
        """Return all that comes until the other side hangs up."""
        while self._more():
            pass
        return self._kept

    def is_over(self) -> bool:
        """Wait for more; tell whether the end came instead."""
        return not self._more()

    def _more(self) -> bool:
        data = b""
        with contextlib.suppress(ConnectionError):
            data = self.socket.recv(65_536)
        self._kept += data
        return bool(data)


def asked(url: str, data: bytes, source: str = "127.0.0.1") -> RawReply | None:
    """Send on a connection of its own and return the first reply; None when there was none."""
    with RawConnection(url, source) as connection:
        connection.send(data)
        return connection.reply()


def post(path: str, body: bytes, *headers: bytes) -> bytes:
    """Return a whole request with a Content-Length."""
    lines = [b"POST %b HTTP/1.1" % path.encode(), b"host: manyeyes.test", *headers, b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])


def chunked(path: str, parts: list[bytes], *headers: bytes) -> bytes:
    """Return a whole request whose body comes in chunks."""
    lines = [b"POST %b HTTP/1.1" % path.encode(), b"host: manyeyes.test", *headers, b"transfer-encoding: chunked"]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])
    return b"\r\n".join([*lines, b"", framed])
