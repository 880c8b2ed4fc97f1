"""Copies of the PostgreSQL that comes along: whole ones now and then, and every write-ahead log file in between.

With both an installation is made anew as it was at any second since the oldest whole copy
(docs/decisions/0090). A place for copies holds

    installation.json        whose copies these are
    base/NAME.tar.gz, .json  a whole copy, and what it is; there is none without its .json
    wal/SEGMENT.gz           a file of 16 MB of the log, whole
    wal/SEGMENT.partial.gz   the one that is being written, as it was some seconds ago

The key file `secrets.key` is never in it: whoever has both can read everything.
"""

from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from manyeyes.backups.places import CopyPlace, DirectoryPlace, FileMissing
from manyeyes.backups.rules import BackupFailed, BaseBackup, KeptFile, halves, is_needed, segment_of, surplus

INSTALLATION = "installation.json"
BUCKET = "s3://"
Kind = TypeVar("Kind")


def open_place(text: str) -> CopyPlace:
    """Return the place that a setting names: a directory, or ``s3://BUCKET/PREFIX``. Raises BackupFailed."""
    check_place(text)
    if text.startswith(BUCKET):
        bucket, _, prefix = text.removeprefix(BUCKET).partition("/")
        module = import_module("manyeyes.backups.bucket_place")  # botocore takes 30 MB, and few have a bucket
        return cast("CopyPlace", module.BucketPlace(bucket, prefix))
    return DirectoryPlace(Path(text))


def check_place(text: str) -> None:
    """Raise BackupFailed where a setting names no place for copies; whether it is there is not asked."""
    if not text:
        raise BackupFailed("name a place for copies: a directory, or s3://BUCKET/PREFIX (MANYEYES_BACKUP_TO)")
    is_bucket = text.startswith(BUCKET) and not text.startswith(f"{BUCKET}/") and text != BUCKET
    if not (is_bucket or Path(text).is_absolute()):
        raise BackupFailed(f"{text!r} is no place for copies: name a directory from / on, or s3://BUCKET/PREFIX")


def tar_name(name: str) -> str:
    """Return where a whole copy's bytes are."""
    return f"base/{name}.tar.gz"


def bases_in(place: CopyPlace) -> list[BaseBackup]:
    """Return the whole copies in a place, the oldest first. Raises BackupFailed."""
    described = [file.name for file in place.files("base") if file.name.endswith(".json")]
    return [_read(place, name, BaseBackup) for name in described]


def describe(place: CopyPlace, base: BaseBackup) -> None:
    """Note that a copy is whole. Raises BackupFailed."""
    place.put(f"base/{base.name}.json", BytesIO(msgspec.json.encode(base)))


def segments_in(place: CopyPlace) -> dict[str, KeptFile]:
    """Return the log files in a place by their names; a part of one stands only where the whole is not there.

    Raises BackupFailed.
    """
    found: dict[str, KeptFile] = {}
    for file in place.files("wal"):  # a whole one is named before its part
        segment = segment_of(file.name)
        if segment:
            found.setdefault(segment, file)
    return found


def newest_line(place: CopyPlace) -> int:
    """Return the number of the latest line of history that anything in a place lies on; 0: nothing is there."""
    lines = [base.timeline for base in bases_in(place)] + [segment[:8] for segment in segments_in(place)]
    return max((int(line, 16) for line in lines), default=0)


def check_owner(place: CopyPlace, system: str) -> None:
    """Note whose copies a place holds: those of the cluster with this identifier. Raises BackupFailed for another's."""
    try:
        owner = _read(place, INSTALLATION, dict[str, str]).get("system")
    except FileMissing:
        place.put(INSTALLATION, BytesIO(msgspec.json.encode({"system": system})))
        return
    if owner != system:
        raise BackupFailed("the place holds the copies of another installation; give each a place of its own")


def clear(place: CopyPlace, keep: int) -> list[str]:
    """Remove the copies beyond the ``keep`` newest, what never became whole, and the log files that no copy wants.

    Return the names of the copies that went. Raises BackupFailed.
    """
    files, bases = place.files("base"), bases_in(place)
    gone = surplus(bases, keep)
    for base in gone:
        place.delete(f"base/{base.name}.json")  # first: without it there is no copy
        place.delete(tar_name(base.name))
    for name in halves(files, datetime.now(UTC)):
        place.delete(name)
    left = [base for base in bases if base not in gone]
    for file in place.files("wal"):
        segment = segment_of(file.name)
        if segment and not is_needed(left, segment):
            place.delete(file.name)
    return [base.name for base in gone]


def _read(place: CopyPlace, name: str, kind: type[Kind]) -> Kind:
    with place.open(name) as file:
        text = file.read()
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise BackupFailed(f"{name} cannot be read: {error}") from error
