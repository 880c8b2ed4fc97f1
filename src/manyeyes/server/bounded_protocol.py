"""HTTP within limits: how much of a head, how long for it, how slow a body, how many connections (docs/decisions/0039).

A parser takes whatever comes as it comes. Here a request's head is kept until it is whole, and given to the parser as
one piece; a request that comes before the last reply is complete waits unparsed, and nothing more is read. So what a
connection costs is bounded before its first byte is parsed, and a connection has one request at a time.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httptools

from manyeyes.logs.request_note import RequestNote
from manyeyes.server.client_pace import ClientPace
from manyeyes.server.connection_limits import ConnectionLimits, Places
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.guarded_transport import GuardedTransport
from manyeyes.server.http_protocol import HttpProtocol
from manyeyes.server.request_head import KnownHeads, RequestHead, head_size, path_asked, without_offer
from manyeyes.server.request_log import tell_unread
from manyeyes.server.trouble import Trouble

MOST_LINES = 128  # of a head; browsers send about twenty
LARGEST_BODY = 64 * 1024 * 1024  # whoever asked: no edge reads more, and what an edge has answered is dropped so far
LARGEST_FILE = 2_010_000_000  # of a job's items, which are read as they come (job_files/items.py says it in words)
_FILES = re.compile(r"/v1/jobs/\d+/items\Z")
CHUNKED_SLICE = 4 * 1024  # what is parsed between two looks at how little of a chunked body is content
LARGEST_FRAMING, FRAMING_SHARE = 8 * 1024, 16  # sizes, extensions, trailers: so much, and a sixteenth of the content
LINGER_SECONDS = 2.0  # for a client that is still sending to hear why nobody listens
LARGEST_SWALLOWED = 1024 * 1024  # of what it sends meanwhile
AnswerOf = Callable[[str, Trouble, bytes], bytes]  # a whole HTTP reply, for a path ("" when none was read) and an id


class BoundedProtocol(HttpProtocol):
    """HTTP within `ConnectionLimits`; ``answer_of`` makes the replies to what never becomes a request."""

    transport: GuardedTransport

    def __init__(
        self, limits: ConnectionLimits, places: Places, watch: ConnectionWatch, answer_of: AnswerOf, **given: Any
    ) -> None:
        super().__init__(watch=watch, **given)
        self._limits, self._places, self._answer_of = limits, places, answer_of
        self._place: str | None = None
        self._pending = b""  # came, and was not given to the parser
        self._scanned = 0  # bytes of it in which no head ends
        self._known, self._parsed = KnownHeads(), b""  # the head that the parser has got
        self._is_in_body = self._is_parsed = self._is_resting = False
        self._expects_head = self._has_head = self._has_second = False
        self._left: int | None = 0  # of the body; None: it comes in chunks
        self._largest = LARGEST_BODY
        self._raw = self._content = 0  # bytes of the body, as it came and without its chunks' framing
        self._swallowed = 0
        self._since = 0.0
        self._pace = ClientPace(limits.stall_seconds)

    # 1. A connection comes and goes.

    def wrapped(self, transport: asyncio.Transport) -> GuardedTransport:
        """Return the transport through which everything is written."""
        return GuardedTransport(transport, self.loop, self._lingers_over_body, self._be_watched)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve the connection when there is a place for it."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._place = self._places.take(self.address)
        self.trusts_ids = self._places.trusts(self.address)
        self._be_watched()
        if self._place is None:
            self._tell("", Trouble.NO_PLACE, None)
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back."""
        self._pending = b""
        if self._place is not None:
            self._places.give_back(self._place)
            self._place = None
        super().connection_lost(error)
        self.watch.drop(self)

    # 2. What comes is given to the parser: a whole head, then its body, then nothing until the reply is complete.

    def data_received(self, data: bytes) -> None:
        """Take what came; it is parsed now or when its turn comes."""
        if self.transport.is_deaf:
            self._swallowed += len(data)
            if self._swallowed > LARGEST_SWALLOWED:
                self.transport.abort()
            return
        self._is_resting = False
        self._pending = self._pending + data if self._pending else data
        self._parse()

    def _parse(self) -> None:
        while self._pending and self.parser and not self.transport.is_closing():
            if self._is_in_body:
                self._parse_body()
            elif self.under_way:
                self._pending = self._pending if self._pending.strip(b"\r\n") else b""
                break
            elif not self._parse_head():
                break
        is_held = bool(self._pending and not self._is_in_body and self.under_way)
        if is_held != self.transport.is_held and self.parser and not self.transport.is_closing():
            self.transport.hold(is_held)

    def _parse_head(self) -> bool:
        """Give the parser the next head; False when it is not whole."""
        if self._pending[0] in b"\r\n" and not self._scanned:  # RFC 9112, 2.2: empty lines before it are no part of it
            self._pending = self._pending.lstrip(b"\r\n")
            if not self._pending:
                return False
        if not self._scanned:
            self._since = self.loop.time()
        size, is_whole = head_size(self._pending, self._scanned, self._limits.largest_head)
        if size > self._limits.largest_head or self._pending.count(b"\n", 0, size) > MOST_LINES:
            self._refuse(Trouble.LARGE_HEAD)
            return False
        if not is_whole and self._pending[:1].isupper():  # what begins otherwise is no HTTP, and is told so now
            self._scanned = size
            return False
        head, self._pending, self._scanned = self._pending[:size], self._pending[size:], 0
        known = self._known.get(head)
        if known is not None:
            self._begin_known(known)
            return True
        self._parsed = head
        self._expects_head, self._has_head = True, False
        self._feed(without_offer(head))
        if not self._has_head:  # the parser waits for more, as behind the preface of HTTP/2
            self._refuse(Trouble.UNREADABLE, head)
        return True

    def _parse_body(self) -> None:
        most = CHUNKED_SLICE if self._left is None else self._left
        part, self._pending = self._pending[:most], self._pending[most:]
        self._raw += len(part)
        if self._left is not None:
            self._left -= len(part)
        if self._is_parsed:
            self._feed(part)
        else:
            self._take(part)
        if not self._is_in_body:
            return
        largest_framing = LARGEST_FRAMING + CHUNKED_SLICE + self._content // FRAMING_SHARE
        if self._left is None and self._raw - self._content > largest_framing:
            self._refuse(Trouble.UNREADABLE)
        elif self._raw > self._largest:
            self._refuse(Trouble.LARGE_BODY)

    def _begin_known(self, head: RequestHead) -> None:
        """Begin a request that the parser does not need to see: its head came before, and so its length is known."""
        if head.length is not None and len(self._pending) >= head.length:
            self.begin(head).take_whole(self._pending[: head.length])
            self._pending = self._pending[head.length :]
        else:
            self._begin_body(head, is_parsed=False)

    def _take(self, part: bytes) -> None:
        self.on_body(part)
        if not self._left:
            self.on_message_complete()

    def _feed(self, data: bytes) -> None:
        assert self.parser is not None
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):  # also CONNECT, which is an upgrade by itself
            self._refuse(Trouble.UNREADABLE, data)
        if self._has_second:
            self._pending = b""

    # 3. What the parser found.

    def on_message_begin(self) -> None:
        """Begin a request. One that came in the same piece as a chunked body's end is not read: the connection ends."""
        if not self._expects_head:
            self._has_second = True
            if self.under_way:
                self.under_way.keep_alive = False
            else:
                self.transport.close()
            return
        self._expects_head = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin the reply; trailers go nowhere."""
        if self._has_second:
            return
        head = self.read_head()
        self._has_head = True
        self._known.keep(self._parsed, head)
        self.headers = []
        self._begin_body(head, is_parsed=True)

    def _begin_body(self, head: RequestHead, *, is_parsed: bool) -> None:
        """Begin the reply; remember how the body ends, and who finds that out."""
        self.begin(head)
        self._is_in_body, self._is_parsed, self._left = True, is_parsed, head.length
        self._raw = self._content = 0
        self._pace.begin_body(self._since)
        self._largest = LARGEST_FILE if _FILES.match(head.path) else LARGEST_BODY

    def on_body(self, body: bytes) -> None:
        """Hand on what came of the body."""
        if not self._has_second:
            self._content += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the body."""
        if not self._has_second:
            self._is_in_body = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with what came meanwhile."""
        super().on_response_complete()
        self._since, self._is_resting = self.loop.time(), True
        self._be_watched()
        if self._pending:
            self.loop.call_soon(self._parse)

    # 4. Time.

    def look(self, now: float) -> bool:
        """End the connection when it takes too long over its part: the head, the body, or reading the reply.

        Tell whether to look again: not at one whose reply is ours to go on with, all of which so far was sent; what is
        sent, and its end, have it watched again.
        """
        if self._pace.is_unread_too_long(now, self.transport.sent, self.transport.get_write_buffer_size()):
            self.transport.abort()
            return False
        if not self.transport.is_closing():
            if self._is_in_body:
                if self._is_body_too_slow(now):
                    self._refuse(Trouble.SLOW)
            elif self._is_resting and now - self._since >= self._limits.keep_alive_seconds:
                self.transport.close()
            elif self._is_slow_to_ask(now):
                self._refuse(Trouble.SLOW) if self._pending else self.transport.close()
        return self.under_way is None or self._is_in_body or self._pace.is_unread

    def _be_watched(self) -> None:
        if self.parser is not None:  # it is not gone
            self.watch.add(self)

    def _is_slow_to_ask(self, now: float) -> bool:
        is_asking = not self.under_way and not self._is_resting
        return is_asking and now - self._since >= self._limits.head_seconds

    def _is_body_too_slow(self, now: float) -> bool:
        has_no_word = self.under_way is not None and self.under_way.waiting_for_100_continue and not self._raw
        return self._pace.is_body_too_slow(now, self._raw, is_ours=self.transport.is_paused or has_no_word)

    # 5. The end.

    def _refuse(self, trouble: Trouble, head: bytes = b"") -> None:
        """Say what is wrong when no reply has begun, and end the connection."""
        if self.transport.is_closing():
            return
        path, asked = self._path(head or self._pending), self.under_way
        if asked and asked.response_started:
            self.transport.abort()
            return
        if asked:
            asked.disconnect()
        self._tell(path, trouble, asked.note if asked else None)
        self._hang_up()

    def _tell(self, path: str, trouble: Trouble, note: RequestNote | None) -> None:
        """Answer what is no request, or none any more, and log it."""
        note = note or RequestNote(self.request_id().decode())
        self.transport.write(self._answer_of(path, trouble, note.request_id.encode()))
        note.reason = trouble.name.lower()
        tell_unread(note, path, self.address, trouble.status)

    def _path(self, head: bytes) -> str:
        """Return the path that was asked for, parsed or not."""
        return str(self.under_way.scope["path"]) if self.under_way else path_asked(head)

    def _lingers_over_body(self) -> bool:
        """Begin to linger, and say so, where the client still sends: a reset could overtake the reply."""
        if self._is_in_body:
            self._hang_up()
        return self._is_in_body

    def _hang_up(self) -> None:
        self._pending = b""
        self.transport.hang_up()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
