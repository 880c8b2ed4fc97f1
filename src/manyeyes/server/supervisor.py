"""PostgreSQL, the serving processes, and what happens when one of them dies."""

import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from manyeyes.backups.catalogue import check_place
from manyeyes.backups.rules import SPOOL, BackupFailed
from manyeyes.db.embedded import Embedded
from manyeyes.db.failures import DataDirectoryInUse, EmbeddedFailed
from manyeyes.logs.spans import check_traces
from manyeyes.runtime.server_address import DEFAULT_PORT, write_server_note
from manyeyes.server.handover import LISTEN_FD, OPS_FD, PARENT_PID, PREPARES, READY_FD, SHARED_METRICS
from manyeyes.server.listeners import CannotServe, Place, SocketFile, address_of, listen, listen_for_ops, ops_place
from manyeyes.server.metrics_folder import forget_folder, fresh_folder
from manyeyes.server.service_manager import ALIVE, READY, STARTING, STOPPING, tell_manager
from manyeyes.settings import USUAL_BACKUP_SECONDS, Settings

NOT_OURS = (
    "MANYEYES_BACKUP_TO and MANYEYES_DATABASE_URL: a PostgreSQL of yours is backed up by its own tools "
    "(docs/how-to/back-up-and-restore.md)"
)
NO_ADDRESS = "MANYEYES_PUBLIC_URL: --socket needs it, for links: people come by a proxy's address"
LOOK_SECONDS = 0.2
STOP_SECONDS = 10.0
RESPAWN_SECONDS = 1.0
KEEPER_RESPAWN_SECONDS = 10.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 15.0  # between two tries to start PostgreSQL, as on a full disk
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # heard on all; a link has to name one
Say = Callable[[str], None]


class AlreadyTold(CannotServe):
    """Serving cannot begin, and a serving process has said why."""


class Supervisor:
    """Owns PostgreSQL and the serving processes; brings back whichever dies.

    It lives as long as they do and needs little of what they do, so it loads little (tests/server/test_light.py).
    """

    def __init__(self, settings: Settings, place: Place | Path, processes: int, *, say: Say, ready: Say) -> None:
        """Take the settings and where to listen: a host and a port, or the path of a Unix socket.

        ``say`` is told what happens, ``ready`` the address when requests are accepted. Raises ValueError when
        ``settings.ops`` is neither "off" nor HOST:PORT, and where traces need what is not installed; CannotServe where
        copies are wanted of a PostgreSQL that is not ours, or in what is no place, and for a socket without a public
        address.
        """
        if isinstance(place, Path) and not settings.public_url:
            raise CannotServe(NO_ADDRESS)
        self._settings, self._count, self._say, self._ready = settings, processes, say, ready
        self._embedded = None if settings.database_url else Embedded(settings.data)
        if settings.backup_to:
            self._check_backups()
        if settings.traces:
            check_traces()
        self._place = place
        self._ops = ops_place(settings.ops, DEFAULT_PORT if isinstance(place, Path) else place[1])
        self._socket_file: SocketFile | None = None
        self._listener: socket.socket | None = None
        self._ops_listener: socket.socket | None = None
        self._url = self._link_url = self._ops_url = ""
        self._dsn = settings.database_url
        self._children: list[subprocess.Popen[bytes]] = []
        self._keeper: subprocess.Popen[bytes] | None = None  # of backups
        self._keeper_at = 0.0  # when it may be started again
        self._pause, self._next_try = FIRST_PAUSE_SECONDS, 0.0  # before and at the next start of PostgreSQL

    def _check_backups(self) -> None:
        if self._settings.database_url:
            raise CannotServe(NOT_OURS)
        try:
            check_place(self._settings.backup_to)
        except BackupFailed as error:
            raise CannotServe(str(error)) from error

    def run(self) -> None:
        """Start everything and keep it running until this process is told to end; then stop all of it.

        Raises `CannotServe` or what `Embedded.start` raises when serving cannot begin.
        """
        try:
            if self._embedded:
                self._dsn = self._start_database(self._embedded)
            self._listen()
            self._listen_for_ops()
            self._share_metrics()
            write_server_note(self._settings, self._link_url, self._ops_url)
            self._await_ready(self._spawn(prepares=True))
            ready = [self._spawn() for _ in range(self._count - 1)]
            for fd in ready:
                self._await_ready(fd)
            if self._ops_url:
                self._say(f"health and metrics at {self._ops_url}/readyz and /metrics")
            tell_manager(READY)
            self._ready(self._url)
            self._watch()
        finally:
            self._stop()

    def _listen(self) -> None:
        if isinstance(self._place, Path):
            self._socket_file = SocketFile(self._place)
            self._listener = self._socket_file.listener
            self._url, self._link_url = f"unix:{self._place}", self._settings.public_url
            return
        host, port = self._place
        self._listener = listen(host, port)
        shown = f"[{host}]" if ":" in host else host
        number = self._listener.getsockname()[1]
        self._url = f"http://{shown}:{number}"
        self._link_url = f"http://{EVERY_ADDRESS.get(host, shown)}:{number}"
        if self._link_url != self._url and not self._settings.public_url:
            self._say("set MANYEYES_PUBLIC_URL for links that work on other machines")

    def _listen_for_ops(self) -> None:
        if self._ops is None:
            return
        self._ops_listener = listen_for_ops(self._ops, is_named=bool(self._settings.ops))
        self._ops_url = f"http://{address_of(self._ops_listener)}"

    def _share_metrics(self) -> None:
        """Give several processes a folder for their metrics, so that whichever is asked can tell of all."""
        if self._count > 1:
            os.environ[SHARED_METRICS] = str(fresh_folder(self._settings.data / "metrics"))

    def _spawn(self, *, prepares: bool = False) -> int:
        """Start one serving process and return the pipe on which it says that it accepts.

        The first one ``prepares`` the database, for the others too.
        """
        assert self._listener is not None
        reading, writing = os.pipe()
        environment = {
            **self._environment(),
            "MANYEYES_DATABASE_URL": self._dsn,
            LISTEN_FD: str(self._listener.fileno()),
            OPS_FD: str(self._ops_listener.fileno()) if self._ops_listener else "",
            READY_FD: str(writing),
            PARENT_PID: str(os.getpid()),
            PREPARES: "yes" if prepares else "",
        }
        command = [sys.executable, "-m", "manyeyes.server.serving_process"]
        sockets = [found for found in (self._listener, self._ops_listener) if found]
        handed = (*(found.fileno() for found in sockets), writing)
        self._children.append(subprocess.Popen(command, env=environment, pass_fds=handed, stdin=subprocess.DEVNULL))
        os.close(writing)
        return reading

    def _environment(self) -> dict[str, str]:
        """Return what every process of ours is told: options of `manyeyes serve` among it, where they are unusual."""
        every = self._settings.backup_every_seconds
        return {
            **os.environ,
            "MANYEYES_DATA": str(self._settings.data),
            "MANYEYES_BACKUP_TO": self._settings.backup_to,
            "MANYEYES_BACKUP_EVERY_SECONDS": "" if every == USUAL_BACKUP_SECONDS else str(every),
        }

    def _await_ready(self, fd: int) -> None:
        while not select.select([fd], [], [], LOOK_SECONDS)[0]:
            tell_manager(STARTING)  # a schema that changes takes as long as it needs, too
        if not os.read(fd, 1):
            if self._children[-1].wait(STOP_SECONDS) == 1:
                raise AlreadyTold
            raise CannotServe("a serving process ended while starting; its message stands above")
        os.close(fd)

    def _watch(self) -> None:
        """Bring back what dies: PostgreSQL recovers by itself, a serving process leaves nothing half done."""
        while True:
            time.sleep(LOOK_SECONDS)
            tell_manager(ALIVE)
            if self._embedded and not self._embedded.alive() and not self._started_again(self._embedded):
                continue  # a serving process that died needs it to begin
            self._keep_backups()
            for child in [c for c in self._children if c.poll() is not None]:
                self._say(f"a serving process ended with {child.returncode}; starting another")
                self._children.remove(child)
                time.sleep(RESPAWN_SECONDS)
                os.close(self._spawn())

    def _keep_backups(self) -> None:
        """Let the process that makes copies run where they are wanted, and where they were: it ends what it began."""
        if self._keeper and self._keeper.poll() is None:
            return
        if not self._settings.backup_to and not (self._embedded and (self._settings.data / SPOOL).exists()):
            return
        if self._keeper and self._keeper_at == 0.0:
            self._say(f"the process that makes copies ended with {self._keeper.returncode}; it is started again")
            self._keeper_at = time.monotonic() + KEEPER_RESPAWN_SECONDS
        if time.monotonic() < self._keeper_at:
            return
        self._keeper_at = 0.0
        command = [sys.executable, "-m", "manyeyes.backups.keeper", str(os.getpid())]
        self._keeper = subprocess.Popen(command, env=self._environment(), stdin=subprocess.DEVNULL)

    def _tell_start(self, line: str) -> None:
        """Say how far PostgreSQL's start is; whoever waits for it is told that it goes on."""
        tell_manager(STARTING, ALIVE)
        self._say(line)

    def _start_database(self, embedded: Embedded) -> str:
        """Start PostgreSQL for the first time and return its DSN; on a disk that is short of space, as soon as it can.

        Raises what `Embedded.start` raises: whatever else keeps it from starting, trying again would not mend.
        """
        while True:
            try:
                return embedded.start(self._tell_start)
            except EmbeddedFailed as failure:
                if self._free_megabytes() >= self._settings.disk_floor_megabytes:
                    raise
                time.sleep(self._put_off(failure))

    def _started_again(self, embedded: Embedded) -> bool:
        """Start PostgreSQL again when that is due, and tell whether it runs. The tries do not end: its files were fine,
        and a disk that is full now will have space again."""
        if time.monotonic() < self._next_try:
            return False
        self._say("PostgreSQL ended; starting it again")
        try:
            embedded.start(self._tell_start)
        except (EmbeddedFailed, DataDirectoryInUse) as failure:
            self._next_try = time.monotonic() + self._put_off(failure)
            return False
        self._pause = FIRST_PAUSE_SECONDS
        return True

    def _put_off(self, failure: Exception) -> float:
        """Say why PostgreSQL does not start, and return for how many seconds nothing is tried: each time for longer."""
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        free = f"{self._free_megabytes()} MB are free in {self._settings.data}"
        self._tell_start(f"{failure}\n{free}; trying again in {pause:.0f} s")
        return pause

    def _free_megabytes(self) -> int:
        data = self._settings.data.absolute()  # which may not be there yet
        there = next(each for each in (data, *data.parents) if each.exists())
        return shutil.disk_usage(there).free // 1_000_000

    def _stop(self) -> None:
        tell_manager(STOPPING)
        if self._socket_file:
            self._socket_file.close()
        for listener in (self._listener, self._ops_listener):
            if listener:
                listener.close()
        ending = [*self._children, *([self._keeper] if self._keeper else [])]
        for child in ending:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in ending:
            try:
                child.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._count > 1:
            forget_folder(self._settings.data / "metrics")
        if self._embedded:
            self._embedded.stop()
