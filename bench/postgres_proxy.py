"""Stands between the product and PostgreSQL and counts round trips, whatever driver makes them and however.

A round trip is what PostgreSQL ends with ReadyForQuery ("Z": https://www.postgresql.org/docs/18/protocol-flow.html):
one statement, or as many as were sent together. A connection's start ends with one too. Unix sockets only, where
nobody asks for TLS.
"""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

READY, HEADER_BYTES = b"Z", 5
PIECE_BYTES = 65_536
SOCKET_PORT = 5432  # names the file of the socket


class Counter:
    """``round_trips`` so far, of all connections; ``dsn`` leads to them. Read it from any thread."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.round_trips = 0


@contextmanager
def counting(dsn: str) -> Iterator[Counter]:
    """Yield a counter before the server of ``dsn``, which names a socket's folder as its ``host``."""
    with tempfile.TemporaryDirectory(prefix="manyeyes-count-") as folder:
        at = urlsplit(dsn)
        asked = parse_qs(at.query)
        behind = f"{asked['host'][0]}/.s.PGSQL.{asked.get('port', ['5432'])[0]}"
        query = f"host={quote(folder, safe='')}&port={SOCKET_PORT}"
        counter = Counter(urlunsplit(at._replace(query=query)))
        loop, ready = asyncio.new_event_loop(), threading.Event()
        own = Path(folder) / f".s.PGSQL.{SOCKET_PORT}"
        thread = threading.Thread(target=_run, args=(loop, own, behind, counter, ready), daemon=True)
        thread.start()
        ready.wait()
        try:
            yield counter
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


def _run(loop: asyncio.AbstractEventLoop, own: Path, behind: str, counter: Counter, ready: threading.Event) -> None:
    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _pass(reader, writer, behind, counter)

    loop.run_until_complete(asyncio.start_unix_server(passed, own))
    ready.set()
    loop.run_forever()
    loop.run_until_complete(_end_all())
    loop.close()


async def _end_all() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behind: str, counter: Counter) -> None:
    """Pass one connection on, both ways, until either side ends it."""
    server_reader, server_writer = await asyncio.open_unix_connection(behind)
    ways = [
        asyncio.create_task(_copy(reader, server_writer)),
        asyncio.create_task(_copy(server_reader, writer, counter)),
    ]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    for end in (writer, server_writer):
        end.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: Counter | None = None) -> None:
    """Copy what one side says; of the server's messages (a letter, a length, what it holds) count the "Z"s."""
    left = bytearray()
    while piece := await reader.read(PIECE_BYTES):
        if counter:
            left += piece
            counter.round_trips += _ready_in(left)
        writer.write(piece)
        await writer.drain()


def _ready_in(left: bytearray) -> int:
    """Return how often the whole messages at the head of ``left`` say "Z"; they are taken off it."""
    found = at = 0
    while len(left) >= at + HEADER_BYTES:
        end = at + 1 + int.from_bytes(left[at + 1 : at + HEADER_BYTES])
        if end > len(left):
            break
        found += left[at : at + 1] == READY
        at = end
    del left[:at]
    return found
