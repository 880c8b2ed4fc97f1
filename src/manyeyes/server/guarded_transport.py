"""The transport under `BoundedProtocol`: who holds back the reading, how much was sent, how a connection is ended."""

import asyncio
import contextlib
from collections.abc import Callable

from manyeyes.server.one_write_transport import OneWriteTransport


class GuardedTransport(OneWriteTransport):
    """Knows how much was sent, who holds back the reading, and what to do with a body when it is closed before its end.

    Reading goes on when neither the application nor the protocol holds it back. ``sends`` hears of all that is sent.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        linger: Callable[[], bool],
        sends: Callable[[], None],
    ) -> None:
        super().__init__(transport, loop)
        self._linger, self._sends = linger, sends
        self.is_held = self._is_held_by_reader = self._is_paused = self.is_deaf = False
        self.sent = 0

    def close(self) -> None:
        """Close once all is written; before that a client that is still sending is given a moment to read it."""
        if not self.is_deaf and not self._linger():
            super().close()

    def is_closing(self) -> bool:
        """Tell whether nothing more will be sent."""
        return self.is_deaf or self._transport.is_closing()

    def hang_up(self) -> None:
        """Send what is kept and the end; what comes is still read."""
        self._flush()
        self.is_deaf, self.is_held, self._is_held_by_reader = True, False, False
        self._apply()
        with contextlib.suppress(OSError, RuntimeError):  # the other side was faster
            self._transport.write_eof()

    def pause_reading(self) -> None:
        """Hold the reading back for an application that takes no more of a body."""
        self._is_held_by_reader = not self.is_deaf
        self._apply()

    def resume_reading(self) -> None:
        """Let go for the application."""
        if self._is_held_by_reader:
            self._is_held_by_reader = False
            self._apply()

    def hold(self, is_held: bool) -> None:
        """Hold the reading back for the protocol, or let go."""
        self.is_held = is_held
        self._apply()

    @property
    def is_paused(self) -> bool:
        """Tell whether nothing is read, by whomever."""
        return self._is_paused

    def send(self, data: bytes) -> None:
        """Send bytes; nothing once the last word was said."""
        if not self.is_deaf:
            self.sent += len(data)
            super().send(data)
            self._sends()

    def _apply(self) -> None:
        wanted = self.is_held or self._is_held_by_reader
        if wanted != self._is_paused and not self._transport.is_closing():
            self._is_paused = wanted
            (self._transport.pause_reading if wanted else self._transport.resume_reading)()
