"""What the last proof of the books found, kept in a file beside the database: a proof reads every transfer."""

import contextlib
import os
import time
from pathlib import Path

import msgspec

from manyeyes.settings import Settings

NAME = "last-audit.json"


class LastAudit(msgspec.Struct, frozen=True):
    """``at``: Unix seconds."""

    difference_micros: int
    at: float


def note_audit(settings: Settings, difference_micros: int) -> None:
    """Keep what a proof of all cells found, from now on the last one; where nobody may write there it is not kept."""
    path = settings.data / NAME
    fresh = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        fresh.write_bytes(msgspec.json.encode(LastAudit(difference_micros, time.time())))
        fresh.replace(path)


def last_audit(data: Path) -> LastAudit | None:
    """Return what the last proof found; None when none is known."""
    try:
        return msgspec.json.decode((data / NAME).read_bytes(), type=LastAudit)
    except (OSError, msgspec.DecodeError):
        return None
