"""Where several serving processes write their metrics for each other: in memory, where there is a file system for that.

They are written through maps of files, and a map whose file finds no room on its disk kills the process (SIGBUS).
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")


def fresh_folder(name: Path) -> Path:
    """Return an empty folder that is reached by ``name``; what an earlier run left under that name is gone."""
    forget_folder(name)
    name.parent.mkdir(parents=True, exist_ok=True)
    try:
        name.symlink_to(tempfile.mkdtemp(prefix="manyeyes-metrics-", dir=MEMORY))
    except OSError:  # there is none, or it is not for us
        name.mkdir()
    return name


def forget_folder(name: Path) -> None:
    """Remove the folder; nothing is done where there is none."""
    with suppress(OSError):
        shutil.rmtree(os.readlink(name))
    with suppress(OSError):
        name.unlink()
    shutil.rmtree(name, ignore_errors=True)
