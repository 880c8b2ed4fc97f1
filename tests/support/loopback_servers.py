"""Servers on loopback that do what the door must bear, and a resolver that a test tells what names mean."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from manyeyes.outbound.rules import DoorReason, DoorRefused

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Names:
    """A resolver with prepared answers: each look-up of a name takes its next answer, the last one again and again."""

    def __init__(self, answers: dict[str, list[list[str]]], texts: dict[str, list[str]] | None = None) -> None:
        self._answers, self._texts = answers, {} if texts is None else texts
        self.asked: list[str] = []

    async def addresses(self, host: str) -> list[str]:
        """Return the next addresses of a host. Raises DoorRefused for an unknown one."""
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise DoorRefused(DoorReason.NO_SUCH_NAME, f"{host}: unknown here")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def texts(self, name: str, seconds: float) -> list[str]:
        """Return the TXT records of a name."""
        return self._texts.get(name, [])


class Heard:
    """The port of a server, and the requests that came to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[bytes] = []


@asynccontextmanager
async def listening(
    reply: bytes | Handler, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Heard]:
    """Serve ``reply`` to every request, or let a handler answer."""
    heard = Heard(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.requests.append(await _request(reader))
            if callable(reply):
                await reply(reader, writer)
            else:
                writer.write(reply)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever called has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    heard.port = server.sockets[0].getsockname()[1]
    try:
        yield heard
    finally:
        server.close()


def http(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole reply."""
    named = {"content-length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)
