"""The head of a reply as it is written: status line, headers, and how the client knows where the body ends."""

import re
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

Header = tuple[bytes, bytes]
HeaderLines = tuple[Header, ...]
_PLAIN = {b"content-type", b"content-length", b"x-content-type-options"}  # no secrets: heads of these alone are kept
BODILESS = (204, 205, 304)  # RFC 9110, 15.3.5, 15.3.6 and 15.4.5; a 304 may say how long a 200 would be (8.6)
LENGTHLESS = (204, 205)  # RFC 9110, 8.6: a 204 says no length; a 205 says 0, and we say it
FINAL = range(200, 600)  # what comes before a reply is none (RFC 9110, 15.2), and no offer to upgrade is taken
_NO_NAME = re.compile(rb'[\x00-\x1f\x7f-\xff()<>@,;:\[\]={}/? \t\\"]')  # none is part of one: RFC 9110, 5.6.2
_CONTROLS = bytes({*range(32), 127} - {*b"\t\r\n"})  # RFC 9110, 5.5; of the line ends there is one for each header
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {code: f"HTTP/1.1 {code} {_PHRASES.get(code, '')}\r\n".encode() for code in FINAL}


class ReplyHead(NamedTuple):
    """``written``: what is sent. ``length``: of the body, in bytes, 0 where none is allowed; None: not known.

    ``is_chunked``: the body comes in chunks. ``ends``: the connection is over after it.
    """

    written: bytes
    length: int | None
    is_chunked: bool
    ends: bool


def reply_head(
    method: str, version: str, status: int, default: HeaderLines, own: HeaderLines, ends: bool, *, request_id: bytes
) -> ReplyHead:
    """Return the head of a reply to a request with ``method`` in ``version``, ``default`` before its own headers.

    ``request_id`` is not looked at: it is ours, or was judged when it came.

    ``ends``: the connection is over after it anyway. Raises RuntimeError for what is no header, or no reply's status.
    """
    if status not in FINAL:
        raise RuntimeError(f"{status} is no status of a reply")
    for name, _ in own:
        if name not in _PLAIN:
            head = _head(method == "HEAD", version != "1.0", status, own, ends)
            break
    else:
        head = _same_head(method == "HEAD", version != "1.0", status, own, ends)
    written = b"%b%bx-request-id: %b\r\n%b" % (_STATUS_LINES[status], _same_lines(default), request_id, head.written)
    return ReplyHead(written, head.length, head.is_chunked, head.ends)


def _head(is_head: bool, knows_chunks: bool, status: int, headers: HeaderLines, ends: bool) -> ReplyHead:
    """Return all of a head but the status line and the default headers.

    How a body is framed is ours to say: an application's Transfer-Encoding is left out, as ASGI has it.
    """
    length, says_close, left_out = None, False, []
    for name, value in headers:
        start = _start(name)
        if start == b"transfer-encoding: " or (start == b"content-length: " and status in LENGTHLESS):
            left_out.append((name, value))
        elif start == b"content-length: ":
            length = int(value)
        elif start == b"connection: ":
            says_close = says_close or b"close" in [token.strip() for token in value.lower().split(b",")]
    written = _lines(tuple([each for each in headers if each not in left_out]) if left_out else headers)
    has_body = not is_head and status not in BODILESS
    is_chunked = has_body and length is None and knows_chunks
    ends = ends or (has_body and length is None and not knows_chunks)  # RFC 9112, 6.1: who knows none reads to the end
    if ends and not says_close:
        written += b"connection: close\r\n"
    if is_chunked:
        written += b"transfer-encoding: chunked\r\n"
    elif status == 205:
        written += b"content-length: 0\r\n"
    return ReplyHead(written + b"\r\n", length if has_body else 0, is_chunked, ends or says_close)


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
