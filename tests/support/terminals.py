"""A terminal at which a command runs, and at which somebody types when they are asked."""

import os
import pty
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from support.embedded_owners import LONG_ENOUGH_SECONDS

ASKS = "[y/N]"


def at_terminal(argv: Sequence[str], settings: Mapping[str, str], folder: Path | None, typed: str) -> tuple[int, str]:
    """Run a command, and type once it asks whether to go on; return its exit code and all that it printed."""
    ours, theirs = pty.openpty()
    shown: list[str] = []
    with subprocess.Popen(argv, env=settings, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        reader = threading.Thread(target=_read_all, args=(ours, shown.append), daemon=True)
        reader.start()
        while ASKS not in "".join(shown) and process.poll() is None:
            time.sleep(0.05)
        if process.poll() is None:
            os.write(ours, typed.encode())
        code = process.wait(4 * LONG_ENOUGH_SECONDS)
        reader.join(LONG_ENOUGH_SECONDS)
    os.close(ours)
    return code, "".join(shown)


def _read_all(place: int, take: Callable[[str], None]) -> None:
    try:
        while data := os.read(place, 65536):
            take(data.decode("utf-8", "replace"))
    except OSError:  # the terminal's other end is closed
        return
