"""One request and its reply, as an ASGI application sees them: `Exchange.receive` and `Exchange.send`.

A request that came whole is told without waiting, and a reply whose length is known leaves in one write, at once.

A stream's `http.response.start` may have a ``silence``: after so many seconds without a word these bytes are sent, and
the application's task is cancelled when the client goes, so that it need not wait for that too. Thousands of streams
that are silent are then a task each, and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from manyeyes.logs import request_note
from manyeyes.logs.request_note import RequestNote
from manyeyes.logs.spans import traces
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.one_write_transport import OneWriteTransport
from manyeyes.server.reply_head import Header, reply_head
from manyeyes.server.request_log import tell
from manyeyes.server.request_span import in_span

AsgiScope = dict[str, Any]
AsgiCallable = Callable[[AsgiScope, Any, Any], Awaitable[None]]
HIGH_WATER = 65_536  # bytes of a body that nobody took yet: no more is read meanwhile
_FAULT = b"Internal Server Error"
_FAULT_HEADERS = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"%d" % len(_FAULT)),
    (b"connection", b"close"),
]


class HeldConnection(Protocol):
    """What an exchange needs of the connection that it is on."""

    transport: OneWriteTransport
    unread: asyncio.Event | None  # set when the client has read enough of what was written; None: it has
    watch: ConnectionWatch

    @property
    def default_headers(self) -> list[Header]:
        """Return what the head of every reply begins with."""

    def on_response_complete(self) -> None:
        """Go on: the reply is written."""


class Exchange:
    """``keep_alive`` and ``expects_word`` are the head's (`RequestHead`); ``request_id`` is in the reply's, too."""

    __slots__ = (
        "_connection",
        "_has_news",
        "_head",
        "_is_chunked",
        "_is_full",
        "_left",
        "_more_body",
        "_news",
        "_parts",
        "_request_id",
        "_silence",
        "_size",
        "_task",
        "_transport",
        "disconnected",
        "keep_alive",
        "note",
        "response_complete",
        "response_started",
        "scope",
        "status",
        "waiting_for_100_continue",
    )

    def __init__(
        self, connection: HeldConnection, scope: AsgiScope, keep_alive: bool, expects_word: bool, request_id: bytes
    ) -> None:
        self._connection = connection
        self._transport = connection.transport
        self.scope = scope
        self.keep_alive, self.waiting_for_100_continue = keep_alive, expects_word
        self.disconnected = self.response_started = self.response_complete = False
        self._request_id, self.status = request_id, 0
        self.note = RequestNote(request_id.decode())
        self._parts: list[bytes] = []  # of the request's body, not yet told
        self._size, self._more_body = 0, True
        self._is_full = False  # nothing more is read until the application asks
        self._has_news = False  # something is there to be told
        self._news: asyncio.Event | None = None  # made by who has to wait for it
        self._head = b""  # of the reply; it leaves with the first part of the body
        self._left: int | None = 0  # bytes of the reply's body that are to come; None: not known
        self._is_chunked = False
        self._silence: tuple[float, bytes] | None = None  # seconds, and what is sent after these
        self._task: asyncio.Task[Any] | None = None  # what the client's going ends

    # 1. What the connection tells.

    def take(self, part: bytes) -> None:
        """Take a part of the request's body; when much of it lies untold, nothing more is read."""
        if self.response_complete:
            return
        self._parts.append(part)
        self._size += len(part)
        if self._size > HIGH_WATER:
            self._is_full = True
            self._transport.pause_reading()
        self._tell()

    def take_whole(self, body: bytes) -> None:
        """Take the request's body, all of it: the application was not asked yet."""
        self._parts, self._size = [body], len(body)
        self._more_body, self._has_news = False, True

    def end_body(self) -> None:
        """Note that the request is whole."""
        if not self.response_complete:
            self._more_body = False
            self._tell()

    def disconnect(self) -> None:
        """Note that the client is gone: what is sent from now on goes nowhere."""
        self.disconnected = not self.response_complete
        self._tell()
        if self._task is not None:
            self._task.cancel()

    def speak(self) -> None:
        """Say what is to be said in a silence, unless the client has enough to read."""
        if self._silence is not None and self._connection.unread is None and not self.disconnected:
            self._transport.write_now(self._silence[1])

    def _tell(self) -> None:
        self._has_news = True
        if self._news is not None:
            self._news.set()

    # 2. What the application does.

    async def run(self, application: AsgiCallable) -> None:
        """Let the application answer; when it cannot, say so, or cut off what it had begun."""
        request_note.begin(self.note)
        tracing = traces()
        answering = self._answer(application)
        await (answering if tracing is None else in_span(tracing, self, answering))
        if not self.note.is_told:
            tell(self.note, self.scope, self.status, is_gone=self.disconnected)

    async def _answer(self, application: AsgiCallable) -> None:
        try:
            await application(self.scope, self.receive, self.send)
        except asyncio.CancelledError:  # its client went, or the process ends: the connection must not stay
            self._cut_off()
        except BaseException as error:
            self.note.fault = self.note.fault or error
            self._cut_off()
        self._end_silence()
        if not self.disconnected and not self.response_complete:
            await self._end()

    def _cut_off(self) -> None:
        if self.response_started:
            self._transport.write(self._head)
            self._transport.close()

    async def _end(self) -> None:
        """End the connection with the reply that has begun, or with one."""
        if self.response_started:
            self._transport.close()
        else:
            await self.send({"type": "http.response.start", "status": 500, "headers": _FAULT_HEADERS})
            await self.send({"type": "http.response.body", "body": _FAULT})

    async def receive(self) -> dict[str, Any]:
        """Return what came of the body since the last call, waiting for it; or that the client is gone."""
        if self.waiting_for_100_continue and not self._transport.is_closing():
            self._transport.write_now(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.waiting_for_100_continue = False
        if not self.disconnected and not self.response_complete:
            if self._is_full:
                self._is_full = False
                self._transport.resume_reading()
            if not self._has_news:
                self._news = self._news or asyncio.Event()
                self._news.clear()
                await self._news.wait()
            self._has_news = False
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts, self._size = [], 0
        return {"type": "http.request", "body": body, "more_body": self._more_body}

    async def send(self, message: dict[str, Any]) -> None:
        """Send the reply's head, or a part of its body. Raises RuntimeError for what makes no reply."""
        if self._connection.unread is not None and not self.disconnected:
            await self._connection.unread.wait()
        if self.disconnected:
            if "silence" in message:  # such a reply waits for no client, and would go on for ever
                self._task = asyncio.current_task()
                self._task.cancel()  # type: ignore[union-attr]
            return
        wanted = "http.response.body" if self.response_started else "http.response.start"
        if self.response_complete or message["type"] != wanted:
            raise RuntimeError(
                f"{message['type']} was sent where {'nothing' if self.response_complete else wanted} fits"
            )
        if self.response_started:
            self._send_body(message.get("body", b""), more=message.get("more_body", False))
        else:
            self._begin(message)

    def _begin(self, message: dict[str, Any]) -> None:
        own, default = tuple(message.get("headers", ())), tuple(self._connection.default_headers)
        method, version = self.scope["method"], self.scope["http_version"]
        self.status = message["status"]
        head = reply_head(method, version, self.status, default, own, not self.keep_alive, request_id=self._request_id)
        self.response_started, self.waiting_for_100_continue = True, False
        self.keep_alive, self._left, self._is_chunked = not head.ends, head.length, head.is_chunked
        if "silence" in message:
            self._task = asyncio.current_task()
            seconds, words = message["silence"]
            words = _chunk(words) if head.is_chunked else words
            self._silence = (seconds, words) if head.length is None else None
        if head.length is None:  # a stream may have nothing to say yet, and is open
            self._transport.write(head.written)
            self._note_spoken()
        else:
            self._head = head.written

    def _send_body(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            body, self._left = b"", 0
        elif self._is_chunked:
            body = (_chunk(body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        elif self._left is not None:
            self._left -= len(body)
            if self._left < 0:
                raise RuntimeError("the reply's body is longer than its Content-Length, or none is allowed")
        head, self._head = self._head, b""
        if more:
            self._transport.write(head + body)
            self._note_spoken()
            return
        if self._left:
            raise RuntimeError("the reply's body is shorter than its Content-Length")
        self._transport.write_now(head + body)
        self.response_complete = True
        self._end_silence()
        self._tell()
        if not self.keep_alive:
            self._transport.close()
        self._connection.on_response_complete()

    def _note_spoken(self) -> None:
        if self._silence is not None:
            self._connection.watch.note_spoken(self, self._silence[0])

    def _end_silence(self) -> None:
        if self._silence is not None:
            self._connection.watch.note_ended(self, self._silence[0])
        self._silence = self._task = None


def _chunk(body: bytes) -> bytes:
    """Return a part of a body whose length is not known as it is sent (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(body), body)
