"""An installation made anew from its copies, as it was at a given second."""

import asyncio
import gzip
import os
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg

from manyeyes.backups.catalogue import bases_in, newest_line, segments_in, tar_name
from manyeyes.backups.places import CopyPlace, private
from manyeyes.backups.rules import (
    PARTIAL,
    SEGMENT,
    BackupFailed,
    BaseBackup,
    choose_base,
    instant_text,
    is_segment_of,
    number_of,
)
from manyeyes.backups.whole_copies import SQL
from manyeyes.db import cluster as on_disk
from manyeyes.db import privileges
from manyeyes.db.binaries import find_programs, major_version
from manyeyes.db.directory_lock import OwnerLock
from manyeyes.db.embedded import Embedded, as_superuser, has_database
from manyeyes.db.failures import EmbeddedFailed
from manyeyes.db.privileges import ClusterOwner

RECOVERY = (
    "restore_command",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_action",
    "hot_standby",
)
UNREADABLE = (tarfile.TarError, zlib.error, EOFError, OSError)
ENDED_BEFORE = "recovery ended before configured recovery target was reached"
_ENDED_AT = re.compile(r"desc: (?:COMMIT|ABORT) (\S+ \S+) UTC")  # pg_waldump's words of a transaction


class Restored(NamedTuple):
    """``at``: the last commit that is there (None: those of the copy); ``missing_after``: where the log has a gap."""

    base: BaseBackup
    at: datetime | None
    missing_after: str | None


def restore(place: CopyPlace, data: Path, to: datetime | None, say: Callable[[str], None]) -> Restored:
    """Make the embedded PostgreSQL of ``data`` as it was at ``to`` (None: at the end of what was kept), and stop it.

    Raises BackupFailed, with nothing left in the directory but what was in it before.
    """
    if has_database(data):
        raise BackupFailed(f"{data} has a database: move it away, or name another directory with --data")
    base = choose_base(bases_in(place), to)
    data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    ownership = OwnerLock(data)
    try:
        missing_after = _lay(place, base, data, to, say)
    finally:
        ownership.release()
    try:
        return Restored(base, _replay(data, say), missing_after)
    except (EmbeddedFailed, BackupFailed, asyncpg.PostgresError, OSError) as error:
        shutil.rmtree(data / "postgres", ignore_errors=True)
        if ENDED_BEFORE in str(error) and to:
            said = f"what was kept ends before {instant_text(to)}; without --to all of it is restored"
            raise BackupFailed(said) from error
        raise BackupFailed(str(error)) from error


def _lay(place: CopyPlace, base: BaseBackup, data: Path, to: datetime | None, say: Callable[[str], None]) -> str | None:
    """Put a cluster in place that replays the log when it is started first; return after which file one is missing."""
    programs, cluster = find_programs(), data / "postgres"
    if major_version(programs) != base.postgresql:
        raise BackupFailed(f"the copy is PostgreSQL {base.postgresql}'s: let MANYEYES_PG_BIN name its programs")
    owner = privileges.choose_owner(cluster, say)
    staging = on_disk.make_staging(cluster, ClusterOwner(os.geteuid(), os.getegid()))
    try:
        say(f"unpacking the copy {base.name}")
        _unpack(place, base, staging)
        _verify(programs, staging)
        count, missing_after = _lay_log(place, base, programs, staging / "pg_wal", to)
        if missing_after:
            say(f"the log has a gap after {missing_after}: from this copy, nothing later can be had")
        say(f"replaying {count} {'file' if count == 1 else 'files'} of the log")
        _claim_lines(place, base, staging / "pg_wal")
        _order(staging, to)
        privileges.hand_over(staging, owner)
        on_disk.put_in_place(staging, cluster)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return missing_after


def _unpack(place: CopyPlace, base: BaseBackup, staging: Path) -> None:
    try:
        with place.open(tar_name(base.name)) as packed, tarfile.open(fileobj=packed, mode="r|gz") as tar:
            for member in tar:
                _lay_member(tar, member, staging)
    except UNREADABLE as error:
        raise BackupFailed(f"the copy {base.name} cannot be unpacked: {error}") from error


def _lay_member(tar: tarfile.TarFile, member: tarfile.TarInfo, staging: Path) -> None:
    """Lay a file or a directory into the place, for its owner alone; raise TarError for all else, and for elsewhere.

    tarfile's own filters came with Python 3.11.4, and Debian's is older.
    """
    path = Path(os.path.normpath(staging / member.name))
    if not path.is_relative_to(staging):
        raise tarfile.ExtractError(f"{member.name} lies elsewhere")
    if member.isdir():
        path.mkdir(mode=0o700, exist_ok=True)
    elif content := tar.extractfile(member) if member.isreg() else None:
        with content, open(path, "xb", opener=private) as file:
            shutil.copyfileobj(content, file)
    else:
        raise tarfile.ExtractError(f"{member.name} is neither a file nor a directory")


def _verify(programs: Path, staging: Path) -> None:
    """Compare every file with the sums that PostgreSQL noted when it was copied."""
    command = [str(programs / "pg_verifybackup"), "--quiet", "--no-parse-wal", str(staging)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(f"the copy is damaged: {' '.join(done.stderr.split())[:300]}")


def _lay_log(
    place: CopyPlace, base: BaseBackup, programs: Path, log: Path, to: datetime | None
) -> tuple[int, str | None]:
    """Put the log that follows the copy where PostgreSQL finds it, up to what was committed after ``to``.

    Return how many files that are, and after which one another is missing. What came with the copy is whole, which what
    was kept of it may not be. When a file was kept says little: a place that was away gets many at once.
    """
    last = max(path.name for path in log.iterdir() if SEGMENT.fullmatch(path.name))
    count, is_part = 0, False
    for segment, file in segments_in(place).items():
        if not is_segment_of(base, segment) or segment <= last:
            continue
        if is_part or number_of(segment) != number_of(last) + 1:
            return count, last
        try:
            with place.open(file.name) as packed, gzip.open(packed) as unpacked, (log / segment).open("wb") as found:
                shutil.copyfileobj(unpacked, found)
        except UNREADABLE as error:
            raise BackupFailed(f"{file.name} cannot be unpacked: {error}") from error
        last, count, is_part = segment, count + 1, PARTIAL in file.name
        if to is not None and file.at > to and _ends_after(programs, log / segment, to):
            break
    return count, None


def _ends_after(programs: Path, segment: Path, to: datetime) -> bool:
    """Tell whether a transaction in a log file ended after that: there PostgreSQL stops."""
    command = [str(programs / "pg_waldump"), "--rmgr=Transaction", str(segment)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={"TZ": "UTC"}).stdout
    return any(datetime.fromisoformat(at).replace(tzinfo=UTC) > to for at in _ENDED_AT.findall(said))


def _claim_lines(place: CopyPlace, base: BaseBackup, log: Path) -> None:
    """Let the line that begins here be none of those in the place: its files would take the names of theirs.

    PostgreSQL takes the first one of which there is no history; it reads none but its own.
    """
    for line in range(int(base.timeline, 16) + 1, newest_line(place) + 1):
        (log / f"{line:08X}.history").touch()


def _order(staging: Path, to: datetime | None) -> None:
    """Tell PostgreSQL to replay what lies in its directory, and until when; it answers nobody before it is done."""
    wanted = {
        "restore_command": "false",  # everything lies there already
        "recovery_target_timeline": "current",
        "recovery_target_action": "promote",
        "hot_standby": "off",
    }
    if to is not None:
        wanted["recovery_target_time"] = to.astimezone(UTC).isoformat()
    with (staging / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in wanted.items())
    (staging / "recovery.signal").touch()


def _replay(data: Path, say: Callable[[str], None]) -> datetime | None:
    """Start the server, which replays the log and then is a server like any other, and stop it."""
    embedded = Embedded(data)
    dsn = as_superuser(embedded.start(say))
    try:
        return asyncio.run(_finish(dsn))
    finally:
        embedded.stop()


async def _finish(dsn: str) -> datetime | None:
    server = await asyncpg.connect(dsn)
    try:
        if await server.fetchval(SQL.is_recovering):
            raise BackupFailed("PostgreSQL answered before the log was replayed")
        restored_to: datetime | None = await server.fetchval(SQL.restored_to)
        for name in RECOVERY:
            await server.execute(f"ALTER SYSTEM RESET {name}")
        return restored_to
    finally:
        await server.close()
