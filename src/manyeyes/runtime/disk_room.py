"""Whether there is room for more: the one rule that whatever fills a disk asks before it does (docs/decisions/0092).

Below a floor of free space new work is refused while everything still works; answers, votes and reports, which free
money, are taken as long as the database takes them.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import structlog

from manyeyes.actions.add_items import add_items
from manyeyes.actions.open_jobs import open_jobs
from manyeyes.actions.record_recognitions import record_recognitions
from manyeyes.actions.revise_drafts import revise_drafts
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.db.directory_lock import read_note
from manyeyes.settings import Settings
from manyeyes.values.refusals import Reason, Refusal

TAKES_ROOM: frozenset[Callable[..., Any]] = frozenset(
    (submit_tasks, record_recognitions, open_jobs, revise_drafts, add_items)
)  # what is refused where there is no room; each of these may refuse
LOOK_SECONDS = 1.0  # a look is two microseconds, and what it saw is good for so long
FULL_SECONDS = 5.0  # how long the database is believed that its disk is full; then the next one tries
MEGABYTE = 1_000_000
log = structlog.get_logger()


class Disk(msgspec.Struct, frozen=True):
    """A file system that we write to, by the directory in which we do."""

    place: Path
    free_bytes: int
    total_bytes: int


class DiskRoom:
    """What one process knows of the disks; without ``places`` nothing but what the database says.

    ``has_database``: the database's own files are among the places.
    """

    def __init__(self, places: Sequence[Path] = (), floor_bytes: int = 0, *, has_database: bool = False) -> None:
        self.floor_bytes, self.has_database = floor_bytes, has_database
        self._places = places
        self._disks: list[Disk] = []
        self._looked_at = float("-inf")
        self._full_until = float("-inf")
        self._was_short = False

    def refusal(self) -> Refusal | None:
        """Return the refusal of new work while there is no room for it; log when that begins and when it is over."""
        short = self.is_full or bool(self.short_of())
        if short != self._was_short:
            self._was_short = short
            free = {str(disk.place): disk.free_bytes for disk in self.disks()}
            say = log.warning if short else log.info
            say("no_room" if short else "room_again", free=free, floor=self.floor_bytes, database_full=self.is_full)
        return NO_ROOM if short else None

    @property
    def is_full(self) -> bool:
        """Tell whether the database said a moment ago that its disk is full."""
        return time.monotonic() < self._full_until

    def note_full(self) -> None:
        """Take note that the database said so."""
        self._full_until = time.monotonic() + FULL_SECONDS

    def short_of(self) -> list[Disk]:
        """Return the disks that have less free space than the floor."""
        return [disk for disk in self.disks() if disk.free_bytes < self.floor_bytes]

    def disks(self) -> list[Disk]:
        """Return the disks, at most `LOOK_SECONDS` old, the one with the least free space first."""
        if time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._disks = sorted(_seen(self._places), key=lambda disk: disk.free_bytes)
            self._looked_at = time.monotonic()
        return self._disks


def is_full(error: BaseException) -> bool:
    """Tell whether the database found no room for what it was to write."""
    return isinstance(error, asyncpg.DiskFullError)


def disk_room_of(settings: Settings, dsn: str) -> DiskRoom:
    """Return the room of an installation whose database is at ``dsn``.

    We write into the data directory: the embedded database, its journal, which may lie on a disk of its own, and files
    on their way into a job. Of the disk of a database elsewhere nothing is seen from here.
    """
    data = settings.data
    has_database = read_note(data).get("dsn") == dsn
    places = [data, data / "postgres", data / "postgres" / "pg_wal"] if has_database else [data]
    return DiskRoom(places, settings.disk_floor_megabytes * MEGABYTE, has_database=has_database)


def _seen(places: Sequence[Path]) -> Iterator[Disk]:
    """Yield each file system once; a directory that is not there is on none."""
    known = set()
    for place in places:
        try:
            device, found = os.stat(place).st_dev, os.statvfs(place)
        except OSError:
            continue
        if device not in known:
            known.add(device)
            yield Disk(place, found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


NO_ROOM = Refusal(Reason.NO_ROOM)
