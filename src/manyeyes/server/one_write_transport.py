"""The transport under an HTTP connection: what is written in one turn of the event loop leaves together.

The event loop's own writes at once what it can: each part of a stream would be a system call.
"""

import asyncio
from typing import Any

MOST_KEPT = 65_536


class OneWriteTransport:
    """Collects what is written in one turn of the event loop and sends it together; all else is the transport's."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0  # of the parts

    def write(self, data: bytes) -> None:
        """Keep the bytes until the event loop's next turn, and send them with all that comes until then.

        Much is sent at once: whoever writes without a pause would fill the memory before flow control could see it.
        """
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MOST_KEPT:
            self._flush()

    def write_now(self, data: bytes) -> None:
        """Send what is kept, and the bytes, at once: they are the last for a while."""
        if self._parts:
            self._parts.append(data)
            self._flush()
        else:
            self.send(data)

    def close(self) -> None:
        """Send what was kept, then close the transport."""
        self._flush()
        self._transport.close()

    def send(self, data: bytes) -> None:
        """Hand bytes to the transport; to one that is closing none."""
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts, self._size = self._parts, [], 0
            self.send(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
