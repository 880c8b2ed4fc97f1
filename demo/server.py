"""`manyeyes serve` as a child of the demo, and the other commands of the same data directory."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PORTS_TO_TRY = 50
SECONDS_TO_STOP = 30
LOG_MODE = 0o600  # the first start writes the operator's link into it
PR_SET_PDEATHSIG = 1  # linux/prctl.h
MANYEYES = (sys.executable, "-m", "manyeyes")


class ServerFailedError(Exception):
    """The server ended, or never became ready; the text says what its log said last."""


def _environment() -> dict[str, str]:
    """Return this process's environment without manyeyes' settings.

    The demo must never write into a database that somebody else's setting names.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MANYEYES_")}
    return ours | {"PYTHONUNBUFFERED": "1"}


def command(data: Path, *words: str) -> dict[str, Any]:
    """Run one `manyeyes` command on the data directory and return the JSON object that it printed.

    It runs in a session of its own, so that a Ctrl-C at the terminal does not cut it in half. Raises ServerFailedError
    with the command's own words.
    """
    argv = [*MANYEYES, *words, "--json", "--data", str(data)]
    done = subprocess.run(argv, capture_output=True, text=True, env=_environment(), start_new_session=True)
    if done.returncode:
        raise ServerFailedError(f"manyeyes {' '.join(words[:2])}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def free_port(first: int) -> int:
    """Return the first port from `first` upwards on which nobody listens."""
    for port in range(first, first + PORTS_TO_TRY):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServerFailedError(f"ports {first} to {first + PORTS_TO_TRY - 1} are all taken")


def _end_with_parent() -> None:
    """Ask Linux to end this child should the demo be killed without a chance to say so; elsewhere nothing is asked."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """The child process. It has its own session: Ctrl-C reaches the demo alone, which then ends things in order."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data, self.log = data, log
        self.port = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where the server answers, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def start(self, first_port: int, waiting: Callable[[float], bool]) -> None:
        """Start on the first free port and return when the server is ready.

        `waiting(seconds)` is called several times a second and may answer False to give up. Raises ServerFailedError.
        """
        self.port = free_port(first_port)
        self.data.mkdir(parents=True, exist_ok=True)
        argv = [*MANYEYES, "serve", "--host", HOST, "--port", str(self.port), "--data", str(self.data)]
        self.log.unlink(missing_ok=True)
        with os.fdopen(os.open(self.log, os.O_CREAT | os.O_EXCL | os.O_WRONLY, LOG_MODE), "wb") as log:
            self._child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                start_new_session=True,
                preexec_fn=_end_with_parent,  # no other thread runs yet, so Python is safe between fork and exec
            )
        began = time.monotonic()
        while not self._is_ready():
            if not waiting(time.monotonic() - began):
                return
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        self.check()
        return any(line.startswith("ready ") for line in self._log_lines())

    def _log_lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()

    def check(self) -> None:
        """Raise ServerFailedError if the server is no longer running."""
        if self._child is not None and self._child.poll() is not None:
            last_words = "\n  ".join(self._log_lines()[-8:])
            raise ServerFailedError(f"the server ended with code {self._child.returncode}:\n  {last_words}")

    def stop(self) -> None:
        """End the server and everything that it started; return when they are gone."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.terminate()
        try:
            self._child.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
