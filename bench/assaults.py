"""The attackers, each a process: ``python -m bench.assaults NAME < target``. They only ever reach this machine.

Each does one thing as hard as one connection can, and begins again when the server hangs up.
"""

import base64
import contextlib
import itertools
import os
import resource
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import msgspec

from bench import hostile_receiver
from bench.wire import request

SILENT = 3_000
WRITE = 256 * 1024
READ = 65_536


class Target(msgspec.Struct, frozen=True):
    """Whom to attack, with an account's key and a worker's token."""

    url: str
    key: str
    token: str

    def connect(self) -> socket.socket:
        """Return a connection."""
        at = urlsplit(self.url)
        assert at.hostname
        assert at.port
        return socket.create_connection((at.hostname, at.port), 10)


Assault = Callable[[Target], None]


def _sending(target: Target, parts: Iterator[bytes], first: bytes = b"") -> None:
    """Send part after part, reading whatever comes back, until the server hangs up."""
    with target.connect() as connection:
        reader = threading.Thread(target=_drain, args=(connection,), daemon=True)
        reader.start()
        connection.sendall(first)
        for part in parts:
            connection.sendall(part)


def _drain(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(READ):
            pass


def _asking(target: Target, whole: bytes) -> None:
    """Ask the same again and again, each time when the reply has come."""
    with target.connect() as connection:
        while True:
            connection.sendall(whole)
            _read_reply(connection)


def _read_reply(connection: socket.socket) -> None:
    kept = b""
    while b"\r\n\r\n" not in kept:
        kept += _more(connection)
    head, _, body = kept.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += _more(connection)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(READ)
    if not data:
        raise ConnectionError("the server hung up")
    return data


def _get(target: Target, path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"host: {urlsplit(target.url).netloc}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def computing(target: Target) -> None:
    """Use a core and leave the server alone: what the others are to be compared with on a small machine."""
    while True:
        zlib.crc32(b"\0" * WRITE)


def headers_without_end(target: Target) -> None:
    """Send short headers, a million and more."""
    _sending(target, itertools.repeat(b"a: b\r\n" * (WRITE // 6)), b"GET / HTTP/1.1\r\n")


def request_line_without_end(target: Target) -> None:
    """Send a path, and only that."""
    _sending(target, itertools.repeat(b"a" * WRITE), b"GET /")


def largest_heads(target: Target) -> None:
    """Ask with the most headers that are taken, all of them odd."""
    _asking(target, _get(target, "/getBalance", *(f"x-{number}: {'a,' * 100}" for number in range(100))))


def accept_language(target: Target) -> None:
    """Ask for a page with thousands of languages."""
    _asking(target, _get(target, "/help", "accept-language: " + "q," * 15_000))


def cookies(target: Target) -> None:
    """Ask for a page with as many cookies as a head can hold."""
    _asking(target, _get(target, "/operator", "cookie: " + "a=b;" * 7_000))


def query_pairs(target: Target) -> None:
    """Ask for a page with as many parameters as a head can hold."""
    _asking(target, _get(target, "/help?" + "a&" * 15_000))


def metrics_loop(target: Target) -> None:
    """Ask for the metrics."""
    _asking(target, _get(target, "/metrics"))


def many_members(target: Target) -> None:
    """Send JSON of 150,000 members."""
    body = b"{" + b",".join(b'"k%d":1' % number for number in range(150_000)) + b"}"
    _asking(target, request(target.url, "POST", "/createTask", body))


def fields_of_a_form(target: Target) -> None:
    """Send a form of thousands of fields."""
    head = f"POST /login HTTP/1.1\r\nhost: {urlsplit(target.url).netloc}\r\norigin: {target.url}\r\n"
    head += "content-type: application/x-www-form-urlencoded\r\ncontent-length: 60000\r\n\r\n"
    _asking(target, head.encode() + b"a&" * 30_000)


def tiny_chunks(target: Target) -> None:
    """Send a body in chunks of one byte."""
    first = f"POST /createTask HTTP/1.1\r\nhost: {urlsplit(target.url).netloc}\r\ntransfer-encoding: chunked\r\n\r\n"
    _sending(target, itertools.repeat(b"1\r\na\r\n" * (WRITE // 6)), first.encode())


def body_without_end(target: Target) -> None:
    """Send a body of gigabytes."""
    first = f"POST /createTask HTTP/1.1\r\nhost: {urlsplit(target.url).netloc}\r\ncontent-length: 9999999999\r\n\r\n"
    _sending(target, itertools.repeat(b"a" * WRITE), first.encode())


def pipelined(target: Target) -> None:
    """Send requests without waiting for the replies."""
    _sending(target, itertools.repeat(_get(target, "/getBalance") * 5_000))


def never_reading(target: Target) -> None:
    """Ask for a large document again and again, and read nothing."""
    with target.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while True:
            connection.sendall(_get(target, "/v1/openapi.json") * 100)


def silent_connections(target: Target) -> None:
    """Hold thousands of connections and say nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard) if soft < hard else (soft, hard))
    held = []
    with contextlib.suppress(OSError):
        held = [target.connect() for _ in range(SILENT)]
    time.sleep(3)
    for connection in held:
        connection.close()


def slow_bodies(target: Target) -> None:
    """Begin hundreds of bodies and let a byte drip into one after the other."""
    first = f"POST /createTask HTTP/1.1\r\nhost: {urlsplit(target.url).netloc}\r\ncontent-length: 999999\r\n\r\n"
    held = [target.connect() for _ in range(400)]
    for connection in held:
        connection.sendall(first.encode())
    for connection in itertools.cycle(held):
        connection.sendall(b"a")
        time.sleep(0.002)


def compressed_notes(target: Target) -> None:
    """Send a picture whose notes inflate to sixty megabytes."""
    note = b"a\0\0" + zlib.compress(b"\0" * 1_000_000, 9)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)), *[(b"zTXt", note)] * 60]
    parts += [(b"IDAT", zlib.compress(os.urandom(41 * 40))), (b"IEND", b"")]
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    task = {"type": "ImageToTextTask", "body": base64.b64encode(picture).decode()}
    body = msgspec.json.encode({"clientKey": target.key, "task": task})
    _asking(target, request(target.url, "POST", "/createTask", body))


def crooked_origin(target: Target) -> None:
    """Send forms whose origin is no address."""
    lines = ["POST /login HTTP/1.1", f"host: {urlsplit(target.url).netloc}", "origin: http://[", "content-length: 0"]
    _asking(target, "\r\n".join([*lines, "", ""]).encode())


def signed_garbage(target: Target) -> None:
    """Ask TUPU's contract for an app that is not there: each answer is signed."""
    _asking(target, request(target.url, "POST", "/v3/recognition/none", b"{}"))


def streams(target: Target) -> None:
    """Open one stream of a worker after the other, and keep them."""
    token = target.token
    with target.connect() as connection:
        connection.sendall(request(target.url, "POST", "/v1/worker/online", b"{}", token))
        _read_reply(connection)
    held = []
    while True:
        held.append(target.connect())
        held[-1].sendall(request(target.url, "GET", "/v1/worker/events", token=token))
        held = held[-200:]
        time.sleep(0.005)


ASSAULTS: dict[str, Assault] = {
    "nobody, but a core is busy": computing,
    "headers without end": headers_without_end,
    "a request line without end": request_line_without_end,
    "the largest heads": largest_heads,
    "an Accept-Language of thousands": accept_language,
    "cookies of thousands": cookies,
    "a query of thousands": query_pairs,
    "a loop over the metrics": metrics_loop,
    "JSON of 150,000 members": many_members,
    "a form of 30,000 fields": fields_of_a_form,
    "chunks of one byte": tiny_chunks,
    "a body without end": body_without_end,
    "a flood without waiting": pipelined,
    "a client that never reads": never_reading,
    "3,000 silent connections": silent_connections,
    "400 bodies that drip": slow_bodies,
    "notes that inflate": compressed_notes,
    "an origin that is no address": crooked_origin,
    "answers that must be signed": signed_garbage,
    "streams of one worker": streams,
    "call-backs answered for ever": lambda target: hostile_receiver.attack(target.url, target.key, target.token),
}


def main() -> None:
    """Attack until somebody ends this process."""
    assault, target = ASSAULTS[sys.argv[1]], msgspec.json.decode(sys.stdin.buffer.readline(), type=Target)
    print("at work", flush=True)
    while True:
        with contextlib.suppress(OSError):
            assault(target)
        time.sleep(0.001)


if __name__ == "__main__":
    main()
