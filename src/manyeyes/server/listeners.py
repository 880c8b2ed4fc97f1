"""The sockets that a server listens on: one for everybody, one for the operator's own programs."""

import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from manyeyes.runtime.server_address import DEFAULT_OPS
from manyeyes.values.integers import whole_number

BACKLOG = 2048
OFF = "off"
LARGEST_PORT = 65535
STRANGERS = 0o117  # what a socket's file lets nobody do: it is its owner's and its group's to write to (mode 0660)
PATIENCE_SECONDS = 10.0  # with the processes of a killed server, which end by themselves
LOOK_SECONDS = 0.1
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


class SocketFile:
    """A Unix socket at a path, which a proxy on this machine writes to."""

    def __init__(self, path: Path) -> None:
        """Listen there, in place of what a killed server left. Raises `CannotServe`, and leaves what is in use."""
        self.path = path
        give_up = time.monotonic() + PATIENCE_SECONDS
        while _is_heard(path):
            if time.monotonic() > give_up:
                raise CannotServe(f"cannot listen on {path}: another server does")
            time.sleep(LOOK_SECONDS)
        try:
            with _alone_in(path.parent):
                if path.exists():
                    _remove_unheard(path)
                self.listener = self._bound()
                self._file = path.stat().st_ino
        except OSError as error:
            raise CannotServe(f"cannot listen on {path}: {error.strerror or error}") from error

    def _bound(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(STRANGERS)
        try:
            listener.bind(str(self.path))
        except OSError:
            listener.close()
            raise
        finally:
            os.umask(before)
        listener.listen(BACKLOG)
        return listener

    def close(self) -> None:
        """Listen no more, and remove the file; not another's that came after it."""
        with suppress(OSError), _alone_in(self.path.parent):  # its directory may have gone
            if self.path.exists() and self.path.stat().st_ino == self._file:
                self.path.unlink()
        self.listener.close()


def _is_heard(path: Path) -> bool:
    """Tell whether somebody listens at a path."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        try:
            caller.connect(str(path))
        except BlockingIOError:  # as many wait already as may
            return True
        except OSError as error:  # a socket of another kind, or one that we may not write to, is somebody's
            return isinstance(error, TimeoutError) or error.errno in (errno.EPROTOTYPE, errno.EACCES, errno.EPERM)
    return True


def _remove_unheard(path: Path) -> None:
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise CannotServe(f"cannot listen on {path}: what is there is no socket, and stays")
    if _is_heard(path):
        raise CannotServe(f"cannot listen on {path}: another server does")
    path.unlink()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let no other server look for a socket and replace it in this directory meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    give_up = time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        os.close(handle)


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
