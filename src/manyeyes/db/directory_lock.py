"""Who owns a data directory, and whether anything of its PostgreSQL still lives. Two locks, both the kernel's (flock):

* `manyeyes.lock` is held by the one process that owns the directory. What is written in it is only a note to readers.
* `postgres.lock` is held by PostgreSQL and, since they are forked from it, by each of its processes. It becomes free
  when the last of them is gone, whatever killed the others. No pid is believed: pids are used again.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from manyeyes.db.failures import DataDirectoryInUse

PROBE_SECONDS = 0.5
LEFTOVERS_MAY_END_SECONDS = 30
LEFTOVERS_MUST_END_SECONDS = 60


class OwnerLock:
    """This process's ownership of a data directory. It ends with `release` or with the process."""

    def __init__(self, data_dir: Path) -> None:
        """Take the lock. Raises DataDirectoryInUse when another process has it."""
        self._fd = os.open(_owner_file(data_dir), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_up = time.monotonic() + PROBE_SECONDS  # a reader's look (see `is_owned`) holds the lock for a moment
        while not _lock(self._fd, fcntl.LOCK_EX):
            if time.monotonic() > give_up:
                os.close(self._fd)
                raise DataDirectoryInUse(f"{data_dir} is in use by process {read_note(data_dir).get('pid', '?')}")
            time.sleep(0.02)
        self.note(None)

    def note(self, dsn: str | None) -> None:
        """Tell readers who owns the directory and, once it answers, where its database is."""
        text = json.dumps({"pid": os.getpid(), "dsn": dsn}).encode()
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, text, 0)

    def release(self) -> None:
        """Empty the note and give the directory up."""
        os.ftruncate(self._fd, 0)
        os.close(self._fd)


def is_owned(data_dir: Path) -> bool:
    """Tell whether a live process owns the directory. Raises PermissionError when it is another user's."""
    try:
        fd = os.open(_owner_file(data_dir), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _lock(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)


def read_note(data_dir: Path) -> dict[str, Any]:
    """Return what the owner noted: `pid` and `dsn` (None until its database answers); empty while it is written."""
    try:
        note = json.loads(_owner_file(data_dir).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def take_server_lock(data_dir: Path, cluster_name: str, progress: Callable[[str], None]) -> int:
    """Return the descriptor of a locked `postgres.lock`, which the server inherits; wait for what a dead owner left.

    A server whose owner died is shutting down already (the kernel told it). One that does not end, and single processes
    whose postmaster was killed under a long statement, are ended here.
    """
    fd = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    began = told = time.monotonic()
    while not _lock(fd, fcntl.LOCK_EX):
        waited = time.monotonic() - began
        if time.monotonic() - told > 1:
            told = time.monotonic()
            progress(f"Waiting for PostgreSQL processes of an earlier run to end ({waited:.0f} s)")
            _end_leftovers(cluster_name, waited)
        time.sleep(0.02)
    return fd


def _end_leftovers(cluster_name: str, waited: float) -> None:
    titles = _titles_of(cluster_name)
    orphaned = all(title.startswith(b"postgres:") for title in titles.values())
    if not orphaned and waited < LEFTOVERS_MAY_END_SECONDS:
        return
    word = signal.SIGQUIT if waited < LEFTOVERS_MUST_END_SECONDS else signal.SIGKILL
    for pid in titles:
        try:
            os.kill(pid, word)
        except (ProcessLookupError, PermissionError):
            continue


def _titles_of(cluster_name: str) -> dict[int, bytes]:
    """Return pid and command line of this cluster's processes: each of them shows the cluster's name there."""
    titles = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "comm").read_bytes().strip() == b"postgres":
                titles[int(entry.name)] = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return {pid: title for pid, title in titles.items() if cluster_name.encode() in title}


def _owner_file(data_dir: Path) -> Path:
    return data_dir / "manyeyes.lock"


def _lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
