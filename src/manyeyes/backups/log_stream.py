"""The write-ahead log as it is written: PostgreSQL's own pg_receivewal into a spool, and from there to the place.

What was not streamed is kept by the server under a slot, for as much as `max_slot_wal_keep_size` says; what cannot be
put into the place waits in the spool, and from `MOST_SPOOLED` files on nothing more is streamed until it can.
"""

import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import asyncpg

from manyeyes.backups.packing import packed
from manyeyes.backups.places import CopyPlace
from manyeyes.backups.rules import PARTIAL, SEGMENT
from manyeyes.backups.whole_copies import SQL
from manyeyes.db import privileges
from manyeyes.db.binaries import find_programs
from manyeyes.db.privileges import ClusterOwner

SLOT = "manyeyes_log"
MOST_SPOOLED = 64  # a gigabyte
FIRMLY_AFTER_SECONDS = 3.0


class LogStream:
    """The stream of one server into a spool; `begin` and `end` it as often as the server comes and goes."""

    def __init__(self, spool: Path, cluster: Path) -> None:
        """Take the folder where files lie until they are shipped, and the cluster, whose owner it belongs to."""
        found = cluster.stat()
        spool.mkdir(mode=0o700, exist_ok=True)  # before there is a slot: where a spool is, one may be (`end_for_good`)
        self._owner, self._spool = ClusterOwner(found.st_uid, found.st_gid), spool
        self._process: subprocess.Popen[bytes] | None = None
        self._shipped: dict[str, float] = {}  # parts, by name: when what was shipped of them was written

    def begin(self, dsn: str, socket_dir: Path, log: Path) -> None:
        """Start to stream from the superuser's ``dsn``; nothing is done while it streams."""
        if self.is_streaming():
            return
        privileges.hand_over(self._spool, self._owner)
        programs = find_programs()
        command = [f"--dbname={dsn}", f"--directory={self._spool}", f"--slot={SLOT}", "--no-loop", "--no-password"]
        reach = (programs, self._spool, socket_dir)
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                privileges.command(self._owner, reach, programs / "pg_receivewal", *command),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},  # none of the caller's PG* variables
                start_new_session=True,
            )

    def is_streaming(self) -> bool:
        """Tell whether the program runs."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Stop streaming; what the server keeps meanwhile comes later."""
        process, self._process = self._process, None
        if process is None:
            return
        for word in (signal.SIGINT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(word)
            try:
                process.wait(FIRMLY_AFTER_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue

    def whole_files(self) -> list[Path]:
        """Return the spooled files that are whole, the oldest first."""
        return [path for path in sorted(self._spool.glob("*")) if SEGMENT.fullmatch(path.name)]

    def is_full(self) -> bool:
        """Tell whether so much waits that nothing more should come."""
        return len(self.whole_files()) >= MOST_SPOOLED

    def ship(self, place: CopyPlace) -> int:
        """Put what is new into the place, and forget the whole files that are there; return how many files went.

        Raises BackupFailed where the place cannot be used.
        """
        whole = self.whole_files()
        for path in whole:
            _put(place, path)
            place.delete(f"wal/{path.name}{PARTIAL}.gz")
            path.unlink()
        shipped = 0
        for path in sorted(self._spool.glob(f"*{PARTIAL}")):
            with suppress(FileNotFoundError):  # it has just become whole
                written = path.stat().st_mtime
                if self._shipped.get(path.name) != written:
                    _put(place, path)
                    self._shipped = {path.name: written}
                    shipped += 1
        return len(whole) + shipped

    def forget(self) -> None:
        """Remove what is spooled: a gap lies before what comes next, and a new whole copy is about to be made."""
        for path in self._spool.glob("*"):
            path.unlink()


def _put(place: CopyPlace, path: Path) -> None:
    with path.open("rb") as file:
        place.put(f"wal/{path.name}.gz", packed(file))


async def ensure_slot(dsn: str) -> bool:
    """Let the server keep the log for us; return False where it did not until now, so that some of it is missing."""
    server = await asyncpg.connect(dsn)
    try:
        is_lost = await server.fetchval(SQL.stream_state, SLOT)
        if is_lost is False:
            return True
        if is_lost:
            await server.execute(SQL.drop_slot, SLOT)
        await server.execute(SQL.make_slot, SLOT)
        return False
    finally:
        await server.close()


async def streamed_from(dsn: str) -> str:
    """Return the log file from which on the server keeps what was not streamed yet."""
    server = await asyncpg.connect(dsn)
    try:
        return str(await server.fetchval(SQL.held_from, SLOT))
    finally:
        await server.close()


async def end_for_good(dsn: str, spool: Path) -> None:
    """Let the server keep nothing for us any more, and forget what was not shipped: copies are no longer wanted."""
    server = await asyncpg.connect(dsn)
    try:
        if await server.fetchval(SQL.has_slot, SLOT):
            await server.execute(SQL.drop_slot, SLOT)
    finally:
        await server.close()
    shutil.rmtree(spool)
