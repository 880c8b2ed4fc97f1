"""Where copies are kept: a directory, or an S3-compatible bucket. What is put there is there whole, or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from manyeyes.backups.rules import HALF_AFTER, BackupFailed, KeptFile

UNFINISHED = ".new"
CHUNK_BYTES = 1024 * 1024


class FileMissing(BackupFailed):
    """There is nothing under this name."""


class CopyPlace(Protocol):
    """A place for copies. Every method blocks, and raises BackupFailed where the place cannot be used."""

    def put(self, name: str, source: BinaryIO) -> int:
        """Keep what ``source`` gives under this name, in the stead of what was there; return its bytes."""

    def open(self, name: str) -> BinaryIO:
        """Return what is kept under this name, to read from its beginning to its end."""

    def files(self, folder: str) -> list[KeptFile]:
        """Return what is kept in a folder, in the order of the names."""

    def delete(self, name: str) -> None:
        """Remove what is kept under this name; nothing is done where nothing is."""


class DirectoryPlace:
    """A directory of this machine, or one that is mounted here; closed to others."""

    def __init__(self, directory: Path) -> None:
        """Take the directory; the first `put` makes it."""
        self._directory = directory

    def put(self, name: str, source: BinaryIO) -> int:
        """Keep what ``source`` gives under this name, durably."""
        with _told(self._directory):
            path = self._directory / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}{UNFINISHED}")
            try:
                with open(unfinished, "wb", opener=private) as file:
                    shutil.copyfileobj(source, file, CHUNK_BYTES)
                    file.flush()
                    os.fsync(file.fileno())
                    written = file.tell()
                unfinished.rename(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            _sync(path.parent)
        return written

    def open(self, name: str) -> BinaryIO:
        """Return what is kept under this name."""
        with _told(self._directory):
            return (self._directory / name).open("rb")

    def files(self, folder: str) -> list[KeptFile]:
        """Return what is kept in a folder. What a kill has left half-written goes after a day."""
        found = []
        with _told(self._directory):
            for path in sorted((self._directory / folder).glob("*")):
                about = path.stat()
                at = datetime.fromtimestamp(about.st_mtime, UTC)
                if not path.name.endswith(UNFINISHED):
                    found.append(KeptFile(f"{folder}/{path.name}", about.st_size, at))
                elif datetime.now(UTC) - at > HALF_AFTER:
                    path.unlink(missing_ok=True)
        return found

    def delete(self, name: str) -> None:
        """Remove what is kept under this name."""
        with _told(self._directory):
            (self._directory / name).unlink(missing_ok=True)


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    """Tell of a directory that cannot be used."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing(f"{error.filename}: {error.strerror}") from error
    except OSError as error:
        said = f"{error.filename or directory}: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            said += "; give it room, or keep fewer copies (MANYEYES_BACKUP_KEEP)"
        raise BackupFailed(said) from error


def private(path: str, flags: int) -> int:
    """Open a file, as `open` has it done, that only its owner may read."""
    return os.open(path, flags, 0o600)


def _sync(directory: Path) -> None:
    with suppress(OSError):  # some mounted file systems cannot
        fd = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
