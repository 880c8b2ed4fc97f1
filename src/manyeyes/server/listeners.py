"""The sockets that a server listens on: one for everybody, one for the operator's own programs."""

import errno
import socket

from manyeyes.runtime.server_address import DEFAULT_OPS
from manyeyes.values.integers import whole_number

BACKLOG = 2048
OFF = "off"
LARGEST_PORT = 65535
Place = tuple[str, int]


class CannotServe(Exception):
    """Serving cannot begin; the text says why."""


def ops_place(given: str, port: int) -> Place | None:
    """Return host and port of health and metrics; None for "off".

    Without a word of the operator it is `DEFAULT_OPS`, beside a free port (0) a free one. Raises ValueError.
    """
    if given == OFF:
        return None
    host, _, number = (given or DEFAULT_OPS).rpartition(":")
    found = whole_number(number, 5)
    if found is None or found > LARGEST_PORT or not host:
        raise ValueError(f"--ops (MANYEYES_OPS) must be HOST:PORT or off, and is {given!r}")
    return host.strip("[]"), found if given or port else 0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises `CannotServe` with another port to try."""
    try:
        return _bound(host, port)
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE and port < LARGEST_PORT
        hint = f"; try --port {port + 1}" if is_taken else ""
        raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}{hint}") from error


def listen_for_ops(place: Place, *, is_named: bool) -> socket.socket:
    """Return the socket of health and metrics. Raises `CannotServe`.

    Where nobody named the place and another installation of this machine has it, a free port does: the log says which.
    """
    try:
        return _bound(*place)
    except OSError as error:
        if not is_named and error.errno == errno.EADDRINUSE:
            return _bound(place[0], 0)
        host, port = place
        said = f"cannot listen on {host}:{port} for health and metrics: {error.strerror}"
        raise CannotServe(f"{said}; try --ops {host}:0, which takes a free port, or --ops off") from error


def address_of(listener: socket.socket) -> str:
    """Return HOST:PORT of a socket that listens."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(BACKLOG)
    return listener
