"""The PostgreSQL that manyeyes brings along and runs by itself. Linux only.

One owner per data directory; the server is our child and dies with us; whatever died, and however, the next start
recovers by itself. docs/decisions/0001-our-own-supervisor.md says why this is not the wheel's own `get_server`.

What lies in a data directory: `postgres/` (the cluster), `postgres.log` (and `.log.1`), `run/` (the socket),
`manyeyes.lock` and `postgres.lock` (see `directory_lock.py`).
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg

from manyeyes.db import cluster as on_disk
from manyeyes.db import privileges
from manyeyes.db.binaries import find_programs, major_version
from manyeyes.db.child_process import Child, Log
from manyeyes.db.directory_lock import OwnerLock, is_owned, read_note, take_server_lock
from manyeyes.db.failures import DataDirectoryInUse, EmbeddedFailed
from manyeyes.db.privileges import ClusterOwner

__all__ = [
    "SETTINGS",
    "DataDirectoryInUse",
    "Embedded",
    "EmbeddedFailed",
    "as_superuser",
    "has_database",
    "running_dsn",
    "socket_directory",
]

ROLE = DATABASE = "manyeyes"
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.01, 1.0
WORD_EVERY_SECONDS = 2
LOCK_FILE_PATIENCE_SECONDS = 10
STILL_ENDING = ("pre-existing shared memory block", '.pid" already exists', '.lock" already exists')
SHUTDOWN_PATIENCE_SECONDS = 60
# What a connection says to a server that is not up yet, or ends while it starts, as on a full disk.
NOT_YET = (
    *(FileNotFoundError, ConnectionError, TimeoutError),
    *(asyncpg.OperatorInterventionError, asyncpg.PostgresConnectionError),
)

# Durability is never traded for speed; the rest is measured. 128 MB of buffers keep the idle product under 300 MB and
# leave the rest to the system's page cache. Rows that left the queue are swept no sooner than the oldest snapshot ends,
# hence the short idle time-out and naps. statement_timeout belongs to the pool: migrations and backups may take longer.
SETTINGS: Mapping[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "logical",
    "max_slot_wal_keep_size": "4GB",  # a place for backups that is away must not fill the disk
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "max_connections": "100",
    "jit": "off",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "5s",
    "idle_in_transaction_session_timeout": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


def _silence(_line: str) -> None:
    """Drop a sentence about progress."""


class Embedded:
    """The server of one data directory. Its methods block; call them from one thread at a time (any thread will do)."""

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] = SETTINGS) -> None:
        """Prepare the server of ``data_dir``; ``settings`` are PostgreSQL's, by name, on top of SETTINGS."""
        self._home = Path(os.path.abspath(data_dir))
        self._cluster = self._home / "postgres"
        self._settings = {**SETTINGS, **settings}
        self._log = Log(self._home / "postgres.log")
        self._ownership: OwnerLock | None = None
        self._child: Child | None = None
        self._socket_dir = self._home / "run"
        self._dsn = ""

    def start(self, progress: Callable[[str], None] = _silence) -> str:
        """Start the server (or start it again after it died), wait until it answers, and return a DSN for asyncpg.

        Recovery may take as long as it needs; ``progress`` gets a sentence now and then. Raises DataDirectoryInUse when
        another process owns the directory; EmbeddedFailed, with all of our own cleared away, for everything else.
        """
        if self.alive():
            return self._dsn
        try:
            ownership = self._take_ownership()
            self._serve(progress)
            self._dsn = _dsn(self._socket_dir)
            ownership.note(self._dsn)
        except OSError as failure:
            self.stop()
            raise EmbeddedFailed(str(failure)) from failure
        except BaseException:
            self.stop()
            raise
        return self._dsn

    def stop(self) -> None:
        """Shut the server down (PostgreSQL's fast mode), wait for it, and free the directory.

        Nothing is done when it was not started.
        """
        child, self._child = self._child, None
        if child:
            child.stop(signal.SIGINT, signal.SIGQUIT, SHUTDOWN_PATIENCE_SECONDS)
            on_disk.clear_socket_dir(self._home, self._socket_dir)
        ownership, self._ownership = self._ownership, None
        if ownership:
            ownership.release()

    def alive(self) -> bool:
        """Tell whether the server's process lives; false before `start` and after `stop`, too."""
        return self._child is not None and not self._child.exited.is_set()

    def _take_ownership(self) -> OwnerLock:
        if self._ownership is None:
            # Root's directory lets the service user through to the cluster; what lies in it is closed by itself.
            self._home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            self._ownership = OwnerLock(self._home)
        self._ownership.note(None)
        return self._ownership

    def _serve(self, progress: Callable[[str], None]) -> None:
        """Do everything between owning the directory and having a server that answers."""
        programs = find_programs()
        lock = take_server_lock(self._home, on_disk.cluster_name(self._cluster), progress)
        try:
            owner = privileges.choose_owner(self._cluster, progress)
            if not on_disk.check_version(self._cluster, major_version(programs)):
                self._initialise(programs, owner, lock, progress)
            privileges.hand_over(self._cluster, owner)
            self._socket_dir = on_disk.prepare_socket_dir(self._home, owner)
            give_up = time.monotonic() + LOCK_FILE_PATIENCE_SECONDS
            while not self._try_server(programs, owner, lock, progress):
                if time.monotonic() > give_up or not any(said in self._log.tail() for said in STILL_ENDING):
                    raise EmbeddedFailed(f"PostgreSQL ended while starting in {self._cluster}:\n{self._log.tail()}")
                time.sleep(0.2)
        finally:
            os.close(lock)  # the server has inherited it

    def _initialise(self, programs: Path, owner: ClusterOwner, lock: int, progress: Callable[[str], None]) -> None:
        progress(f"Creating a database in {self._cluster} (only once)")
        staging = on_disk.make_staging(self._cluster, owner)
        arguments = on_disk.initdb_arguments(staging, major_version(programs))
        child = self._launch(owner, (programs, staging), lock, programs / "initdb", *arguments)
        child.exited.wait()
        if child.exit_code != 0:
            raise EmbeddedFailed(f"initdb failed in {staging}:\n{self._log.tail()}")
        on_disk.put_in_place(staging, self._cluster)

    def _try_server(self, programs: Path, owner: ClusterOwner, lock: int, progress: Callable[[str], None]) -> bool:
        """Start the server and wait, as long as it lives, until it answers; return False when it ended instead."""
        socket_dir = self._socket_dir
        on_disk.forget_dead_server(self._cluster, socket_dir)
        settings = {**self._settings, **on_disk.fixed_settings(self._cluster, socket_dir)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        reach = (programs, self._cluster, socket_dir)
        arguments = ("-D", str(self._cluster), *options)
        child = self._launch(owner, reach, lock, programs / "postgres", *arguments)
        began = told = time.monotonic()
        pause = FIRST_LOOK_SECONDS
        while not child.exited.wait(pause):
            pause = min(pause * 1.2, LONGEST_LOOK_SECONDS)
            if _in_a_loop_of_its_own(_is_ready(socket_dir)):
                return True
            if time.monotonic() - told > WORD_EVERY_SECONDS:
                told = time.monotonic()
                progress(f"PostgreSQL is starting ({told - began:.0f} s): {self._log.last_said()}")
        return False

    def _launch(self, owner: ClusterOwner, reach: Sequence[Path], lock: int, program: Path, *arguments: str) -> Child:
        child = self._child = Child(privileges.command(owner, reach, program, *arguments), self._log, lock)
        child.spawn()
        return child


def has_database(data_dir: Path) -> bool:
    """Tell whether a cluster was ever put in place in this directory."""
    return (data_dir / "postgres").exists()


def running_dsn(data_dir: Path, patience_seconds: float = 60) -> str | None:
    """Return the DSN of the server that another live process runs on this directory; None when no process owns it.

    Waits while the owner is starting it. Raises DataDirectoryInUse when that takes longer than the patience.
    """
    home = Path(os.path.abspath(data_dir))
    give_up = time.monotonic() + patience_seconds
    while is_owned(home):
        note = read_note(home)
        if note.get("dsn"):
            return str(note["dsn"])
        if time.monotonic() > give_up:
            raise DataDirectoryInUse(f"{home} is in use by process {note.get('pid', '?')}, which is still starting it")
        time.sleep(0.05)
    return None


def as_superuser(dsn: str) -> str:
    """Return the DSN of the same server for its superuser, as `running_dsn` and `start` return ours."""
    return dsn.replace(f"//{ROLE}@/{DATABASE}?", f"//{on_disk.SUPERUSER}@/postgres?", 1)


def socket_directory(dsn: str) -> Path:
    """Return where the socket of such a DSN lies."""
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def _dsn(socket_dir: Path) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_dir), safe='')}&port={on_disk.SOCKET_PORT}"


async def _is_ready(socket_dir: Path) -> bool:
    """Tell whether the server answers; then it also has our role and database. One that ends meanwhile does not."""
    try:
        await _make_ready(socket_dir)
    except NOT_YET:
        return False
    return True


async def _make_ready(socket_dir: Path) -> None:
    """Make our role and database where they are not there. Raises `NOT_YET` while the server does not answer.

    The role is no superuser: SQL that somebody smuggles in can neither read nor write the server's files.
    """
    server = await asyncpg.connect(
        host=str(socket_dir), port=on_disk.SOCKET_PORT, user=on_disk.SUPERUSER, database="postgres", timeout=5
    )
    try:
        if not await server.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", ROLE):
            await server.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB IN ROLE pg_monitor, pg_checkpoint")
        if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await server.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    finally:
        await server.close()


def _in_a_loop_of_its_own(answer: Coroutine[None, None, bool]) -> bool:
    """Return the coroutine's result, run in a thread, since the caller's may be running a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answer).result()
