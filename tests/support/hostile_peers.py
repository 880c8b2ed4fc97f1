"""Servers that speak HTTP against those who call them. Each runs in a thread of its own, so it never waits for us."""

import itertools
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
Said = bytes | Iterable[bytes]


def endless(*parts: bytes) -> Iterable[bytes]:
    """Return the first parts once and the last one for ever, in writes of some kilobytes."""
    *first, last = parts
    return itertools.chain(first, itertools.repeat(last * max(1, 8_192 // len(last))))


@contextmanager
def peer(said: Said, *, tls: ssl.SSLContext | None = None, listens: bool = True) -> Iterator[int]:
    """Serve what is said to everyone who calls, and yield the port on 127.0.0.1.

    ``listens``: whether a request is looked at before the reply begins. What has an end is followed by a close.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, said, tls, listens), daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, said: Said, tls: ssl.SSLContext | None, listens: bool) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError), plain, tls.wrap_socket(plain, server_side=True) if tls else plain as caller:
            if listens:
                caller.recv(65_536)
            for part in [said] if isinstance(said, bytes) else said:
                caller.sendall(part)
            caller.shutdown(socket.SHUT_WR)
            while caller.recv(65_536):
                pass
