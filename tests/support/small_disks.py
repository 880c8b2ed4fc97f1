"""A file system of a size of its own, which a test may fill without harm to anybody else."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILLER = "filler"
STEP_BYTES = 64 * 1024


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[str]:
    """Mount a file system in memory at ``place`` for as long as the block lasts; yield why that may not be, else ""."""
    place.mkdir()
    size = f"size={megabytes}m"
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)], capture_output=True, text=True)
        why = done.stderr.strip() or "it cannot be mounted" if done.returncode else ""
    except FileNotFoundError as error:
        why = str(error)
    try:
        yield why
    finally:
        if not why:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def free_bytes(place: Path) -> int:
    """Return how much may still be written there."""
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def fill(place: Path, but_bytes: int = 0) -> None:
    """Write until no more than ``but_bytes`` are free."""
    with (place / FILLER).open("ab", buffering=0) as file:
        while (left := free_bytes(place) - but_bytes) > 0:
            file.write(bytes(min(left, STEP_BYTES)))


def empty(place: Path) -> None:
    """Take back what `fill` wrote."""
    (place / FILLER).unlink()
