"""A connection without a socket: what a client sends is handed to the protocol, and each write is kept."""

import asyncio
import functools
import re
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from manyeyes.server.bounded_protocol import BoundedProtocol
from manyeyes.server.connection_limits import ConnectionLimits, Places
from manyeyes.server.connection_watch import ConnectionWatch

LIMITS = ConnectionLimits(
    largest_head=8_192,
    head_seconds=10,
    stall_seconds=10,
    keep_alive_seconds=10,
    in_all=10,
    per_address=10,
)


ID = re.compile(rb"x-request-id: ([^\r]*)\r\n")


class Wire(asyncio.Transport):
    """Keeps each write, as the system would see it, whether all of them came before the end, and whether it reads.

    ``unread``: bytes that the client has not taken. ``ids``: of the requests, which the writes are kept without.
    """

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4711), "sockname": ("192.0.2.2", 80)})
        self.writes: list[bytes] = []
        self.ids: list[bytes] = []
        self.is_over = self.was_aborted = False
        self.reads = True
        self.unread = 0

    def write(self, data: bytes) -> None:  # type: ignore[override]
        assert not self.is_over, "written after the connection was closed"
        self.ids += ID.findall(data)
        self.writes.append(ID.sub(b"", data))

    def close(self) -> None:
        self.is_over = True

    def abort(self) -> None:
        self.is_over = self.was_aborted = True

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.is_over

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


class Spoken:
    """An application on a connection that lies here."""

    def __init__(self, application: Any) -> None:
        self.state, self.wire = ServerState(), Wire()
        bounded = functools.partial(
            BoundedProtocol,
            LIMITS,
            Places(LIMITS),
            ConnectionWatch(LIMITS),
            lambda path, trouble, request_id: trouble.name.encode(),
        )
        config = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
        self.connection = bounded(config=config, server_state=self.state, app_state={})
        self.connection.connection_made(self.wire)

    async def hear(self, *pieces: bytes) -> "Spoken":
        """Hand over what a client sends, each piece when all is quiet after the one before."""
        for piece in pieces:
            self.connection.data_received(piece)
            await self.quiet()
        return self

    async def quiet(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def end_of_client(self) -> None:
        """Let the client go before it has its reply."""
        self.connection.connection_lost(None)
        await self.quiet()
        assert not self.state.tasks

    async def end(self) -> "Spoken":
        """Let the replies end, and then the client go."""
        while self.state.tasks:
            await asyncio.gather(*self.state.tasks)
            await asyncio.sleep(0)
        self.connection.connection_lost(None)
        return self
