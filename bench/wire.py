"""A lean HTTP/1.1 client: the load generator shares the cores with what it measures, so every microsecond counts.

One request at a time on a connection that stays open; replies have a Content-Length (or are 204).
"""

import asyncio
import base64
import os
import struct
import zlib
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

LENGTH = b"content-length: "


class Refused(Exception):
    """The reply's status is neither 200 nor 204."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:300]!r}")
        self.status = status


class Link(asyncio.Protocol):
    """One connection. ``ask`` may be called again when its last reply has come."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._needed = 0
        self._reply: asyncio.Future[bytes] | None = None
        self.requests = 0

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """Send a whole request; the future gives the reply's body (empty for 204) or raises `Refused`."""
        assert self._transport
        self._reply = asyncio.get_running_loop().create_future()
        self.requests += 1
        self._transport.write(request)
        return self._reply

    def close(self) -> None:
        """Close the connection."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport that asyncio opened."""
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        """Let the open request fail."""
        if self._reply and not self._reply.done():
            self._reply.set_exception(ConnectionError(f"the connection is gone: {error}"))

    def data_received(self, data: bytes) -> None:
        """Collect the reply and complete the request's future when it is whole."""
        self._got = got = self._got + data if self._got else data
        if not self._needed:
            head = got.find(b"\r\n\r\n")
            if head < 0:
                return
            at = got.find(LENGTH, 0, head)
            size = int(got[at + len(LENGTH) : got.find(b"\r", at)]) if at > 0 else 0
            self._needed = head + 4 + size
        if len(got) < self._needed:
            return
        status, body, self._got, self._needed = got[9:12], got[got.find(b"\r\n\r\n") + 4 :], b"", 0
        if self._reply is None or self._reply.done():
            return
        if status in (b"200", b"204"):
            self._reply.set_result(body)
        else:
            self._reply.set_exception(Refused(int(status), body))


async def connect(url: str) -> Link:
    """Return an open connection to the host and port of ``url``."""
    at = urlsplit(url)
    assert at.hostname
    assert at.port
    return (await asyncio.get_running_loop().create_connection(Link, at.hostname, at.port))[1]


def request(url: str, method: str, path: str, body: bytes = b"", token: str = "") -> bytes:
    """Return the bytes of a whole request."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {urlsplit(url).netloc}", "content-type: application/json"]
    lines += [f"authorization: Bearer {token}"] if token else []
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


def maker(url: str, method: str, path: str, token: str = "") -> Callable[[bytes], bytes]:
    """Return a function from a body to a whole request; the head is made once."""
    head = request(url, method, path, token=token)[: -len(b"0\r\n\r\n")]
    return lambda body: b"%b%d\r\n\r\n%b" % (head, len(body), body)


def picture(size: int = 10_240) -> bytes:
    """Return a PNG of exactly ``size`` bytes: one grey pixel in front of random filling, which does not compress."""
    ends = [_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), _chunk(b"IDAT", zlib.compress(b"\0\x80"))]
    end = _chunk(b"IEND", b"")
    start = b"\x89PNG\r\n\x1a\n" + b"".join(ends)
    return start + _chunk(b"fiLl", os.urandom(size - len(start) - len(end) - 12)) + end


def create_task(url: str, key: str, data: bytes) -> bytes:
    """Return the request of createTask with a picture."""
    task = {"type": "ImageToTextTask", "body": base64.b64encode(data).decode(), "case": True}
    return request(url, "POST", "/createTask", msgspec.json.encode({"clientKey": key, "task": task}))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
