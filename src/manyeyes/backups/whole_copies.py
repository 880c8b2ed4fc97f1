"""A whole copy, made while the server runs: PostgreSQL's own pg_basebackup, packed on its way to the place.

It stands by itself: the log files that were written meanwhile are in it.
"""

import asyncio
import subprocess
from datetime import UTC, datetime

import asyncpg

from manyeyes.backups.catalogue import check_owner, describe, tar_name
from manyeyes.backups.packing import packed
from manyeyes.backups.places import CopyPlace
from manyeyes.backups.rules import BackupFailed, BaseBackup, base_name
from manyeyes.db.binaries import find_programs, major_version
from manyeyes.db.queries import Queries

SQL = Queries(__package__)
SAID_CHARACTERS = 500
HOLD = "manyeyes_copy"


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
        await server.execute(SQL.hold_log, HOLD)
        start = await server.fetchval(SQL.held_from, HOLD)
        command = [str(programs / "pg_basebackup"), f"--dbname={dsn}", "--pgdata=-", "--format=tar"]
        command += ["--wal-method=fetch", "--checkpoint=fast", "--no-password"]
        written = await _copy(command, place, tar_name(name))
    except asyncpg.DuplicateObjectError as error:
        said = "another copy is being made; `manyeyes backup list` shows it when it is done"
        raise BackupFailed(said) from error
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


async def _copy(command: list[str], place: CopyPlace, name: str) -> int:
    """Put what the program writes into the place; cancelled, it is ended, and so nothing is kept."""
    program = await asyncio.to_thread(_begin, command)
    assert program.stdout
    try:
        return await asyncio.to_thread(place.put, name, packed(program.stdout, lambda: _check(program)))
    finally:
        program.kill()
        program.wait()


def _begin(command: list[str]) -> "subprocess.Popen[bytes]":
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # none of the caller's PG* variables
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environment)


def _check(program: "subprocess.Popen[bytes]") -> None:
    """Raise BackupFailed where the program, whose output has ended, failed."""
    if program.wait() != 0:
        said = program.stderr.read().decode(errors="replace") if program.stderr else ""
        raise BackupFailed(f"pg_basebackup failed: {' '.join(said.split())[-SAID_CHARACTERS:]}")
