"""Which copies there are, which one is restored, and which may go."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

SEGMENT = re.compile(r"[0-9A-F]{24}", re.ASCII)  # timeline, and twice eight digits of the position
PARTIAL = ".partial"
SPOOL = "wal-spool"  # in the data directory: what is streamed waits there; where it is, copies were made once
HALF_AFTER = timedelta(days=1)  # what has no description by then is what a kill has left
NAME_FORM = "%Y%m%dT%H%M%S%f"


class BackupFailed(Exception):
    """A copy could not be made, found or restored; the text says why and what to do."""


class BaseBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A whole copy. ``start_segment``: the first log file that is replayed over it; ``bytes``: as it is kept."""

    name: str
    began_at: datetime
    ended_at: datetime
    bytes: int
    start_segment: str
    postgresql: int  # the major version that can read it

    @property
    def timeline(self) -> str:
        """Return the line of history that it lies on: each restore begins another one."""
        return self.start_segment[:8]

    @property
    def order(self) -> tuple[str, str]:
        """Return where it stands among the others: by line and place in the log, whatever the clock said."""
        return self.start_segment, self.name


class KeptFile(msgspec.Struct, frozen=True):
    """A file in a place for copies: its name there, its size, and when it was put there."""

    name: str
    bytes: int
    at: datetime


def base_name(at: datetime) -> str:
    """Return the name of a copy that began then, to the millisecond; names are in the order of its clock."""
    return at.astimezone(UTC).strftime(NAME_FORM)[:-3] + "Z"


def choose_base(bases: Sequence[BaseBackup], to: datetime | None) -> BaseBackup:
    """Return the newest copy that had ended by then (None: the newest). Raises BackupFailed where there is none."""
    fitting = [base for base in bases if to is None or base.ended_at <= to]
    if fitting:
        return max(fitting, key=lambda base: base.order)
    if bases:
        oldest = min(bases, key=lambda base: base.ended_at)
        raise BackupFailed(f"the oldest copy was made at {instant_text(oldest.ended_at)}: nothing is older")
    raise BackupFailed("there is no whole copy yet; `manyeyes backup` makes one")


def surplus(bases: Sequence[BaseBackup], keep: int) -> list[BaseBackup]:
    """Return the copies beyond the ``keep`` newest, at least one of which stays."""
    return sorted(bases, key=lambda base: base.order)[: -max(keep, 1)]


def is_segment_of(base: BaseBackup, segment: str) -> bool:
    """Tell whether a log file is replayed over a copy: it lies on its line, and is not older."""
    return segment[:8] == base.timeline and segment >= base.start_segment


def number_of(segment: str) -> int:
    """Return which file of its line a log file is: the next one's number is one more."""
    return int(segment[8:16], 16) * 256 + int(segment[16:], 16)


def is_unbroken(base: BaseBackup, segments: Iterable[str], until: str) -> bool:
    """Tell whether the log from a copy on, up to but without ``until``, is all among these files."""
    if base.timeline != until[:8]:
        return False
    found = {number_of(segment) for segment in segments if is_segment_of(base, segment)}
    return found.issuperset(range(number_of(base.start_segment), number_of(until)))


def following(base: BaseBackup, segments: Mapping[str, KeptFile]) -> list[KeptFile]:
    """Return the log files that follow a copy, by their names, as far as none is missing; a part is the last one."""
    found: list[KeptFile] = []
    number = number_of(base.start_segment)
    while file := segments.get(f"{base.timeline}{number // 256:08X}{number % 256:08X}"):
        found.append(file)
        if PARTIAL in file.name:
            break
        number += 1
    return found


def is_needed(bases: Sequence[BaseBackup], segment: str) -> bool:
    """Tell whether any of these copies may want a log file; without a copy all are kept."""
    return not bases or segment[8:] >= min(base.start_segment[8:] for base in bases)


def segment_of(name: str) -> str | None:
    """Return the log file that is kept under this name (`wal/SEGMENT.gz`, `.partial.gz`); None: it is none of ours."""
    found = name.removeprefix("wal/").removesuffix(".gz").removesuffix(PARTIAL)
    return found if name.startswith("wal/") and SEGMENT.fullmatch(found) else None


def halves(files: Sequence[KeptFile], now: datetime) -> list[str]:
    """Return the names of copies that never became whole, in a day."""
    described = {file.name.removesuffix(".json") for file in files if file.name.endswith(".json")}
    return [
        file.name
        for file in files
        if file.name.endswith(".tar.gz")
        and file.name.removesuffix(".tar.gz") not in described
        and now - file.at > HALF_AFTER
    ]


def seconds_until_due(bases: Sequence[BaseBackup], every_seconds: int, now: datetime) -> float:
    """Return in how many seconds the next copy is due; 0 where there is none, or it is late.

    What was named by a clock that was far ahead counts for nothing: it would put off the next one until then.
    """
    latest = now + timedelta(seconds=every_seconds)
    newest = max((base.began_at for base in bases if base.began_at <= latest), default=None)
    return 0.0 if newest is None else max(0.0, every_seconds - (now - newest).total_seconds())


def instant_text(at: datetime) -> str:
    """Return an instant as people read and type it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
