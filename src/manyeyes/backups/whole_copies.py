"""A whole copy, made while the server runs: PostgreSQL's own pg_basebackup, packed on its way to the place.

It stands by itself: the log files that were written meanwhile are in it.
"""

import asyncio
import io
import subprocess
import zlib
from datetime import UTC, datetime
from typing import IO, BinaryIO, cast

import asyncpg

from manyeyes.backups.catalogue import check_owner, describe, tar_name
from manyeyes.backups.places import CopyPlace
from manyeyes.backups.rules import BackupFailed, BaseBackup, base_name
from manyeyes.db.binaries import find_programs, major_version
from manyeyes.db.queries import Queries

SQL = Queries(__package__)
QUICKEST = 1  # of zlib's levels: the others take several times as long for a few percent
GZIP = 31  # zlib's window, and a header as gzip writes it
SAID_CHARACTERS = 500
HOLD = "manyeyes_copy_"


class Packed(io.RawIOBase):
    """A program's output, packed as gzip. Reading its end raises BackupFailed where the program failed."""

    def __init__(self, source: IO[bytes], program: "subprocess.Popen[bytes]") -> None:
        """Take the output of a program."""
        self._source, self._program = source, program
        self._packer = zlib.compressobj(QUICKEST, zlib.DEFLATED, GZIP)
        self._ready, self._is_over = b"", False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer with what is packed next; return how many bytes, 0 at the end."""
        while not self._ready and not self._is_over:
            self._ready = self._packed()
        given, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def _packed(self) -> bytes:
        found = self._source.read(io.DEFAULT_BUFFER_SIZE * 16)
        if found:
            return self._packer.compress(found)
        self._is_over = True
        if self._program.wait() != 0:
            said = self._program.stderr.read().decode(errors="replace") if self._program.stderr else ""
            raise BackupFailed(f"pg_basebackup failed: {' '.join(said.split())[-SAID_CHARACTERS:]}")
        return self._packer.flush()


async def make_whole_copy(dsn: str, place: CopyPlace) -> BaseBackup:
    """Copy the server behind the superuser's ``dsn`` into a place, and return the copy.

    Raises BackupFailed, with nothing kept, where that does not succeed.
    """
    programs = await asyncio.to_thread(find_programs)
    version = await asyncio.to_thread(major_version, programs)
    server = await asyncpg.connect(dsn)
    try:
        await asyncio.to_thread(check_owner, place, str(await server.fetchval(SQL.system)))
        # While this session lasts, no log file of the copy's time is removed.
        began_at = datetime.now(UTC)
        name = base_name(began_at)
        slot = f"{HOLD}{server.get_server_pid()}"
        await server.execute(SQL.hold_log, slot)
        start = await server.fetchval(SQL.held_from, slot)
        command = [str(programs / "pg_basebackup"), f"--dbname={dsn}", "--pgdata=-", "--format=tar"]
        command += ["--wal-method=fetch", "--checkpoint=fast", "--no-password"]
        written = await asyncio.to_thread(_copy, command, place, tar_name(name))
    finally:
        await server.close()
    base = BaseBackup(
        name=name,
        began_at=began_at,
        ended_at=datetime.now(UTC),
        bytes=written,
        start_segment=start,
        postgresql=version,
    )
    await asyncio.to_thread(describe, place, base)
    return base


def _copy(command: list[str], place: CopyPlace, name: str) -> int:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # none of the caller's PG* variables
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as program:
        assert program.stdout
        try:
            return place.put(name, cast("BinaryIO", Packed(program.stdout, program)))
        finally:
            program.kill()
