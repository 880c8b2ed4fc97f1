"""A process that cannot outlive this one, and its log."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LOG_BYTES = 16 * 1024 * 1024
LOG_LOOK_SECONDS = 60
SHOWN_LINES = 15


class Log:
    """The child's output: one file, and the one before it as `<name>.1`, of at most LOG_BYTES each (roughly)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._from = 0

    def open(self) -> int:
        """Return a descriptor for the child to append to. From here on `tail` shows only what is new."""
        self.rotate()
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._from = os.fstat(fd).st_size
        return fd

    def rotate(self) -> None:
        """Copy a log that is too long to `<name>.1` and empty it.

        It is emptied in place: the child goes on appending to the same file, so it need not be told. Where the disk has
        no room for the copy, what it held is given up for the room.
        """
        if self.path.exists() and self.path.stat().st_size > LOG_BYTES:
            with suppress(OSError):
                shutil.copyfile(self.path, self.path.with_name(self.path.name + ".1"))
            os.truncate(self.path, 0)
            self._from = 0

    def tail(self, lines: int = SHOWN_LINES) -> str:
        """Return the last lines since the child was started."""
        with self.path.open("rb") as log:
            log.seek(max(self._from, log.seek(0, os.SEEK_END) - 65536))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def last_said(self) -> str:
        """Return the last thing PostgreSQL did, such as how far its recovery is; not its refusals to early callers."""
        done = [line.partition("LOG:")[2].strip() for line in self.tail(100).splitlines() if "LOG:" in line]
        return done[-1] if done else ""


class Child:
    """A program of ours, forked by a thread that waits for it.

    The kernel's promise "die with your parent" (PR_SET_PDEATHSIG, asked for by the launcher) means the *thread* that
    forked. A thread of the caller's, from a pool perhaps, may end at any time; this one ends when the child does.
    """

    def __init__(self, command: Sequence[str], log: Log, keep_open: int) -> None:
        """Prepare to run ``command``; the child inherits the descriptor ``keep_open`` under the same number."""
        self._command = command
        self._log = log
        self._keep_open = keep_open
        self._spawned = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.exited = threading.Event()

    def spawn(self) -> None:
        """Start the child. Raises OSError when the program cannot be started."""
        threading.Thread(target=self._live, name="postgres-keeper", daemon=True).start()
        threading.Thread(target=self._keep_log_small, name="postgres-log", daemon=True).start()
        self._spawned.wait()
        if self._failure:
            raise self._failure

    def _live(self) -> None:
        log = -1
        try:
            log = self._log.open()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self._keep_open,),
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},  # none of the caller's PG* variables
                start_new_session=True,  # the terminal's Ctrl-C is for the parent, who stops the child in its time
            )
        except OSError as error:
            self._failure = error
        finally:
            if log >= 0:
                os.close(log)
            self._spawned.set()
        if self._process:
            self._process.wait()
        self.exited.set()

    def _keep_log_small(self) -> None:
        while not self.exited.wait(LOG_LOOK_SECONDS):
            self._log.rotate()

    @property
    def exit_code(self) -> int | None:
        """Return the exit code as subprocess gives it, negative for a signal; None while the child lives."""
        return self._process.returncode if self._process and self.exited.is_set() else None

    def stop(self, gently: signal.Signals, firmly: signal.Signals, patience_seconds: float) -> None:
        """Send ``gently``, after so many seconds ``firmly``, and wait until the child is gone.

        Nothing is done when it is gone already.
        """
        self._spawned.wait()
        for word in (gently, firmly):
            if self._process and not self.exited.is_set():
                self._process.send_signal(word)
            if self.exited.wait(patience_seconds if word is gently else None):
                return
