"""A line with a round trip of its own: a forwarding port before a server, which hands everything on a while later."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK = 65_536


@contextmanager
def slowed(url: str, round_trip_seconds: float) -> Iterator[str]:
    """Yield an address from which every byte takes half of the round trip to ``url``, and as long back."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found: list[int] = []
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _forward(reader, writer, host, port, round_trip_seconds / 2), "127.0.0.1", 0
        )
        found.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        loop.create_task(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{found[0]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, delay: float
) -> None:
    far_reader, far_writer = await asyncio.open_connection(host, port)
    await asyncio.gather(_copy(reader, far_writer, delay), _copy(far_reader, writer, delay), return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Hand everything on ``delay`` seconds later, in order; what follows is read meanwhile."""
    loop = asyncio.get_running_loop()
    try:
        while data := await reader.read(CHUNK):
            loop.call_later(delay, _write, writer, data)
    except ConnectionError:
        pass  # a browser that is closed resets what it had open
    loop.call_later(delay, writer.close)


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
