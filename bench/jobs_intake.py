"""Files of a job taken in over HTTP: 50,000 lines, and 2 GB in few; seconds, and the memory of the server meanwhile.

The goals: 50,000 lines in <= 60 s on two cores, memory flat (+-50 MB). The pictures are real.
"""

import asyncio
import base64
import http.client
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psutil
from PIL import Image, ImageDraw

from bench.cpu import spent
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row

LINES, LARGE_LINES, SMALLER = 50_000, 3_000, 25
SMALL_PICTURE, LARGE_PICTURE = (320, 120), (640, 250)  # pixels; 5 kB as JPEG, 480 kB as PNG of noise
DRAWN = 200  # pictures; each line has one of them, and a name of its own
LOOK_SECONDS = 0.05
MEGABYTE = 1_000_000
QUESTION = {"kind": "number", "words": "What does the meter say?"}


def measure(small: bool = False) -> list[Row]:
    """Return for both files the seconds, and what the server's memory grew by at the most and in the end."""
    share = SMALLER if small else 1
    with serving() as product:
        key = asyncio.run(invite(product.dsn, 1, 0)).keys[0]
        customer = Uploader(product, key)
        drawn, noise = [_drawn(n) for n in range(DRAWN)], [_noise() for _ in range(8)]
        customer.send(_lines("warm", 500, drawn))  # the decoder has started, what is loaded once is loaded
        return [
            *_taken("jobs_intake: 50,000 lines", customer, LINES // share, drawn, "<= 60 s"),
            *_taken("jobs_intake: 2 GB", customer, LARGE_LINES // share, noise, ""),
        ]


def _taken(name: str, customer: "Uploader", count: int, pictures: list[str], aim: str) -> list[Row]:
    memory, before = Memory(customer.product.pid), spent(customer.product.pid)
    with memory:
        began = time.monotonic()
        size = customer.send(_lines("item", count, pictures))
        seconds = time.monotonic() - began
    used = spent(customer.product.pid).since(before)
    details: dict[str, Any] = {
        "lines": count,
        "MB": size / MEGABYTE,
        "lines/s": count / seconds,
        "server CPU s": used.server,
        "PostgreSQL CPU s": used.postgres,
        "load": os.getloadavg()[0],
    }
    grown = {"before MB": memory.before / MEGABYTE, "after, above that MB": (memory.after - memory.before) / MEGABYTE}
    return [
        Row(name, seconds, "s", aim, details),
        Row(f"{name}, memory", (memory.most - memory.before) / MEGABYTE, "MB more", "<= 50 MB", grown),
    ]


class Uploader:
    """A customer who sends files, each to a draft of its own."""

    def __init__(self, product: Product, key: str) -> None:
        self.product = product
        self._headers = {"authorization": f"Bearer {key}"}

    def send(self, lines: Iterator[bytes]) -> int:
        """Send a file and return its bytes. Raises RuntimeError when it is not taken."""
        job = self._ask("/v1/jobs", msgspec.json.encode({"name": "meters", "question": QUESTION}))
        sent = Counted(lines)
        headers = {"content-type": "application/jsonl", "upload-key": "file", "transfer-encoding": "chunked"}
        self._ask(f"/v1/jobs/{job['id']}/items", sent, headers)
        return sent.size

    def _ask(self, path: str, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(urlsplit(self.product.url).netloc, timeout=600)
        try:
            headers = self._headers | (headers or {})
            connection.request("POST", path, body, headers, encode_chunked="transfer-encoding" in headers)
            reply = connection.getresponse()
            said = reply.read()
            if reply.status not in (200, 201):
                raise RuntimeError(f"{reply.status}: {said[:500]!r}")
            found: dict[str, Any] = msgspec.json.decode(said)
            return found
        finally:
            connection.close()


class Counted:
    """Lines on their way, some together, so that the sender costs little."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        some: list[bytes] = []
        for line in self._lines:
            some.append(line)
            if len(some) == 16:
                yield self._joined(some)
                some = []
        if some:
            yield self._joined(some)

    def _joined(self, some: list[bytes]) -> bytes:
        joined = b"".join(some)
        self.size += len(joined)
        return joined


class Memory:
    """What all processes of a product but PostgreSQL's hold, looked at all the time."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.before = self.most = self.after = 0

    def __enter__(self) -> None:
        self.before = self.most = self._held()
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        self._thread.join()
        self.after = self._held()

    def _look(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            self.most = max(self.most, self._held())

    def _held(self) -> int:
        size, above = 0, psutil.Process(self._pid)
        for process in [above, *above.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                size += process.memory_info().rss if process.name() != "postgres" else 0
        return size


def _lines(name: str, count: int, pictures: list[str]) -> Iterator[bytes]:
    for n in range(count):
        yield b'{"external_id":"%s %d","picture":"%s"}\n' % (name.encode(), n, pictures[n % len(pictures)].encode())


def _drawn(n: int) -> str:
    picture = Image.linear_gradient("L").resize(SMALL_PICTURE).convert("RGB")
    ImageDraw.Draw(picture).text((20, 40), f"{n * 7919:07d} kWh", fill="yellow", font_size=40)
    return _written(picture, "JPEG")


def _noise() -> str:
    return _written(Image.frombytes("RGB", LARGE_PICTURE, os.urandom(LARGE_PICTURE[0] * LARGE_PICTURE[1] * 3)), "PNG")


def _written(picture: Image.Image, media: str) -> str:
    out = io.BytesIO()
    picture.save(out, media)
    return base64.b64encode(out.getvalue()).decode()
