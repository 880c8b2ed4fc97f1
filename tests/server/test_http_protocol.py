"""A reply leaves in one write, whatever uvicorn does inside; when its inside changes, this says so."""

import asyncio
import tomllib
from importlib.metadata import version
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from manyeyes.server.http_protocol import OneWriteProtocol
from support import repository

GET = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: manyeyes.test\r\nConnection: close\r\n\r\n"


class Wire(asyncio.Transport):
    """Keeps each write, as the system would see it, and whether all of them came before the end."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4711), "sockname": ("192.0.2.2", 80)})
        self.writes: list[bytes] = []
        self.is_over = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        assert not self.is_over, "written after the connection was closed"
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.is_over = True

    def is_closing(self) -> bool:
        return self.is_over

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def in_two_parts(scope: Any, receive: Any, send: Any) -> None:
    """Reply as every application does: the head, then the body."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def in_turns(scope: Any, receive: Any, send: Any) -> None:
    """Reply as an event stream does: something now, more in a later turn of the loop."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"two"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": b""})


async def heard(protocol: Any, application: Any, *requests: bytes) -> Wire:
    """Hand the requests to a protocol and return what it wrote once all is quiet."""
    state, wire = ServerState(), Wire()
    config = uvicorn.Config(application, http=protocol, lifespan="off", log_config=None, access_log=False)
    connection = protocol(config=config, server_state=state, app_state={})
    connection.connection_made(wire)
    for request in requests:
        connection.data_received(request)
        while state.tasks:
            await asyncio.gather(*state.tasks)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
    connection.connection_lost(None)
    return wire


async def test_a_reply_is_one_write_and_the_next_one_another():
    wire = await heard(OneWriteProtocol, in_two_parts, GET, GET)
    assert len(wire.writes) == 2
    for reply in wire.writes:
        assert reply.startswith(b"HTTP/1.1 200 OK\r\n")
        assert reply.endswith(b"\r\n\r\nok")


async def test_it_is_still_needed():
    wire = await heard(HttpToolsProtocol, in_two_parts, GET)
    assert len(wire.writes) == 2, "uvicorn itself sends a reply in one write now: drop server/http_protocol.py"


async def test_all_is_written_before_the_connection_is_closed():
    wire = await heard(OneWriteProtocol, in_two_parts, LAST)
    assert wire.is_over
    assert b"".join(wire.writes).endswith(b"\r\n\r\nok")


async def test_what_comes_later_does_not_hold_back_what_is_there():
    wire = await heard(OneWriteProtocol, in_turns, GET)
    assert len(wire.writes) == 3
    assert wire.writes[0].endswith(b"3\r\none\r\n")
    assert wire.writes[1:] == [b"3\r\ntwo\r\n", b"0\r\n\r\n"]


async def test_a_reply_to_somebody_who_is_gone_goes_nowhere():
    async def gone(scope: Any, receive: Any, send: Any) -> None:
        await in_two_parts(scope, receive, send)
        wire.is_over = True

    state, wire = ServerState(), Wire()
    config = uvicorn.Config(gone, http=OneWriteProtocol, lifespan="off", log_config=None, access_log=False)
    connection = OneWriteProtocol(config=config, server_state=state, app_state={})
    connection.connection_made(wire)
    connection.data_received(GET)
    await asyncio.gather(*state.tasks)
    await asyncio.sleep(0)
    assert wire.writes == []


def test_uvicorn_is_pinned_to_the_version_that_was_looked_at():
    wanted = tomllib.loads((repository.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"uvicorn=={version('uvicorn')}" in wanted
