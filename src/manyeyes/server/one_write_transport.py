"""The transport under an HTTP connection: what is written in one turn of the event loop leaves together.

The event loop's own writes at once what it can: a reply's head and its body would be a system call each.
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
        self._is_due = False  # to be sent in the next turn

    def keep(self, data: bytes) -> None:
        """Keep bytes until something else is written: somebody else sees to it that it is."""
        self._parts.append(data)
        self._size += len(data)

    def write(self, data: bytes) -> None:
        """Keep the bytes until the event loop's next turn, and send them with all that comes until then.

        Much is sent at once: whoever writes without a pause would fill the memory before flow control could see it.
        """
        self.keep(data)
        if self._size > MOST_KEPT:
            self._flush()
        else:
            self.write_soon()

    def write_soon(self) -> None:
        """Send what is kept in the event loop's next turn, with what comes until then."""
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._flush_due)

    def write_now(self, data: bytes) -> None:
        """Send what is kept, and the bytes, at once: they are the last for a while."""
        self.keep(data)
        self._flush()

    def close(self) -> None:
        """Send what was kept, then close the transport."""
        self._flush()
        self._transport.close()

    def _flush_due(self) -> None:
        self._is_due = False
        self._flush()

    def _flush(self) -> None:
        if self._parts:
            data, self._parts, self._size = b"".join(self._parts), [], 0
            if data and not self._transport.is_closing():
                self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
