"""The head of a reply as it is written: status line, headers, and how the client knows where the body ends."""

import re
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

Header = tuple[bytes, bytes]
HeaderLines = tuple[Header, ...]
_PLAIN = {b"content-type", b"content-length", b"x-content-type-options"}  # no secrets: heads of these alone are kept
BODILESS = (204, 304)  # RFC 9110, 15.3.5 and 15.4.5
_NO_NAME = re.compile(rb'[\x00-\x1f\x7f-\xff()<>@,;:\[\]={}/? \t\\"]')  # none is part of one: RFC 9110, 5.6.2
_CONTROLS = bytes({*range(32), 127} - {*b"\t\r\n"})  # RFC 9110, 5.5; of the line ends there is one for each header
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {code: f"HTTP/1.1 {code} {_PHRASES.get(code, '')}\r\n".encode() for code in range(100, 600)}


class ReplyHead(NamedTuple):
    """``written``: what is sent. ``length``: of the body, in bytes; None: it comes in chunks. ``ends``: the connection
    is over after it."""

    written: bytes
    length: int | None
    ends: bool


def reply_head(method: str, status: int, default: HeaderLines, own: HeaderLines, ends: bool) -> ReplyHead:
    """Return the head of a reply to a request with ``method``, ``default`` before its own headers.

    ``ends``: the connection is over after it anyway. Raises RuntimeError for what is no header.
    """
    for name, _ in own:
        if name not in _PLAIN:
            head = _head(method == "HEAD", status, own, ends)
            break
    else:
        head = _same_head(method == "HEAD", status, own, ends)
    return ReplyHead(_STATUS_LINES[status] + _same_lines(default) + head.written, head.length, head.ends)


def _head(is_bodiless: bool, status: int, headers: HeaderLines, ends: bool) -> ReplyHead:
    """Return all of a head but the status line and the default headers."""
    length, is_chunked, says_close = None, False, False
    for name, value in headers:
        start = _start(name)
        if start == b"content-length: ":
            length = int(value)
        elif start == b"transfer-encoding: ":
            is_chunked = value.lower() == b"chunked"
        elif start == b"connection: ":
            says_close = says_close or b"close" in [token.strip() for token in value.lower().split(b",")]
    written = _lines(headers) + (b"connection: close\r\n" if ends and not says_close else b"")
    if length is None and not is_chunked and not is_bodiless and status not in BODILESS:
        is_chunked = True
        written += b"transfer-encoding: chunked\r\n"
    return ReplyHead(written + b"\r\n", None if is_chunked else length or 0, ends or says_close)


def _lines(headers: HeaderLines) -> bytes:
    """Return headers written out. Raises RuntimeError: whoever could smuggle in a line could make replies up."""
    written = b"".join([part for name, value in headers for part in (_start(name), value, b"\r\n")])
    if (
        not written.count(b"\r") == written.count(b"\n") == len(headers)
        or written.translate(None, _CONTROLS) != written
    ):
        raise RuntimeError("a header's value holds what no value may")
    return written


_same_head = lru_cache(maxsize=1024)(_head)
_same_lines = lru_cache(maxsize=8)(_lines)  # of the second that it is


@lru_cache(maxsize=512)
def _start(name: bytes) -> bytes:
    """Return how the line of a header begins. Raises RuntimeError for what is no name."""
    if not name or _NO_NAME.search(name):
        raise RuntimeError(f"{name[:50]!r} is no name of a header")
    return name.lower() + b": "
