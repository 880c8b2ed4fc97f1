"""HTTP/1.1 for ASGI, one request at a time: httptools parses, an `Exchange` is the request and its reply.

uvicorn's `Server` opens connections with it and ends them; its own protocol takes three times the processor time for a
small call (docs/decisions/0068). Who feeds the parser, and with how much, is `bounded_protocol`'s.
"""

import asyncio
import os
import socket
from typing import Any
from urllib.parse import unquote

import httptools
import uvicorn
from uvicorn.protocols.utils import get_local_addr, get_remote_addr
from uvicorn.server import ServerState

from manyeyes.server.connection_limits import UNIX
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.exchange import Exchange
from manyeyes.server.one_write_transport import OneWriteTransport
from manyeyes.server.reply_head import Header
from manyeyes.server.request_head import RequestHead, well_formed

NAME_BYTES = 8  # of a connection's name, drawn by chance: no two of an installation have one
_ASGI = {"version": "3.0", "spec_version": "2.3"}
RequestTarget = tuple[str, bytes, bytes]  # a path, the same as it was written, and the query


class HttpProtocol(asyncio.Protocol):
    """One connection. ``config``, ``server_state`` and ``app_state`` are uvicorn's, by these names."""

    transport: OneWriteTransport
    parser: httptools.HttpRequestParser | None

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        watch: ConnectionWatch,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.loop = _loop or asyncio.get_running_loop()
        self.parser = httptools.HttpRequestParser(self)
        self.unread: asyncio.Event | None = None
        self.exchange: Exchange | None = None
        self.client: tuple[str, int] | None = None
        self.headers: list[Header] = []
        self.watch = watch
        self._application, self._state, self._app_state = config.loaded_app, server_state, app_state
        self._url = b""
        self._name, self._requests = os.urandom(NAME_BYTES).hex().encode(), 0
        self.trusts_ids = False  # the peer is a proxy whose word is taken

    @property
    def default_headers(self) -> list[Header]:
        """Return what the head of every reply begins with: uvicorn makes the date anew each second."""
        return self._state.default_headers

    @property
    def address(self) -> str:
        """Return where the peer is, empty where that is no address."""
        return self.client[0] if self.client else ""

    @property
    def under_way(self) -> Exchange | None:
        """Return the request whose reply is not complete; None when there is none."""
        return self.exchange if self.exchange is not None and not self.exchange.response_complete else None

    # 1. The event loop tells.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin the connection."""
        self._state.connections.add(self)  # type: ignore[arg-type]
        self.transport = self.wrapped(transport)
        self.client = get_remote_addr(transport) or _by_unix(transport)
        self._of_connection: dict[str, Any] = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "server": get_local_addr(transport),
            "client": self.client,
            "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
            "root_path": "",
        }

    def wrapped(self, transport: asyncio.Transport) -> OneWriteTransport:
        """Return the transport through which everything is written."""
        return OneWriteTransport(transport, self.loop)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the application that its client is gone."""
        self._state.connections.discard(self)
        if self.exchange is not None:
            self.exchange.disconnect()
            self.exchange = None  # it knows us, and would keep both of us for long
        self.resume_writing()
        if error is None:
            self.transport.close()
        self.parser = None

    def pause_writing(self) -> None:
        """Let the application wait: its client does not read what was written."""
        self.unread = self.unread or asyncio.Event()

    def resume_writing(self) -> None:
        """Let it go on."""
        if self.unread is not None:
            self.unread.set()
            self.unread = None

    def shutdown(self) -> None:
        """End the connection after the reply that is under way: uvicorn calls this when the server ends."""
        if self.under_way:
            self.under_way.keep_alive = False
        else:
            self.transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    # 2. The parser tells.

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url, self.headers = b"", []

    def on_url(self, url: bytes) -> None:
        """Take what came of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Begin the reply."""
        self.begin(self.read_head())

    def read_head(self) -> RequestHead:
        """Return the head that the parser has read. Raises httptools' error, or ValueError, for a target that is none.

        Without a length and without chunks there is no body (RFC 9112, 6.3): the parser ends the message by itself.
        """
        assert self.parser is not None
        version = self.parser.get_http_version()
        path, raw_path, query = target(self._url)
        length: int | None = 0
        expects_word = False
        request_id = b""
        for name, value in self.headers:
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                length = None
            elif name == b"expect" and value.lower() == b"100-continue":
                expects_word = version != "1.0"  # whose clients do not know the word (RFC 9110, 10.1.1)
            elif name == b"x-request-id":
                request_id = well_formed(value)
        return RequestHead(
            method=self.parser.get_method().decode("ascii"),
            path=path,
            raw_path=raw_path,
            query=query,
            headers=self.headers,
            version=version,
            length=length,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            expects_word=expects_word,
            request_id=request_id,
        )

    def begin(self, head: RequestHead) -> Exchange:
        """Begin the reply to a request; return what its body is told to."""
        scope = self._of_connection.copy()
        scope["http_version"] = head.version
        scope["method"] = head.method
        scope["path"] = head.path
        scope["raw_path"] = head.raw_path
        scope["query_string"] = head.query
        scope["headers"] = head.headers.copy()
        scope["state"] = self._app_state.copy()
        self.exchange = exchange = Exchange(
            self, scope, head.keep_alive, head.expects_word, self.request_id(head.request_id)
        )
        task = self.loop.create_task(exchange.run(self._application))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)
        return exchange

    def on_body(self, body: bytes) -> None:
        """Hand on what came of the body."""
        assert self.exchange is not None
        self.exchange.take(body)

    def on_message_complete(self) -> None:
        """Tell that the request is whole."""
        assert self.exchange is not None
        self.exchange.end_body()

    def request_id(self, given: bytes = b"") -> bytes:
        """Return a request's name: as a trusted proxy calls it, else the connection's name and a number."""
        if given and self.trusts_ids:
            return given
        self._requests += 1
        return b"%b-%d" % (self._name, self._requests)

    # 3. The exchange tells.

    def on_response_complete(self) -> None:
        """Be ready for the next request."""
        self.transport.resume_reading()


def _by_unix(transport: asyncio.Transport) -> tuple[str, int] | None:
    """Return what stands for the address of who came by a Unix socket; None for a connection that is gone already."""
    found = transport.get_extra_info("socket")
    return (UNIX, 0) if found is not None and found.family == socket.AF_UNIX else None


def target(url: bytes) -> RequestTarget:
    """Return path and query of a request's target. Raises httptools' error, or ValueError, for what is none.

    None is kept beyond its connection (`KnownHeads`): a login link is a secret, and a path.
    """
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    return unquote(path) if "%" in path else path, parsed.path, parsed.query or b""
