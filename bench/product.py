"""The product under measurement: `manyeyes serve` as anybody starts it, on a data directory that is thrown away."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from manyeyes.db.embedded import running_dsn
from manyeyes.db.launcher import PR_SET_PDEATHSIG, prctl

STOP_SECONDS = 90
KEPT_VARIABLE = "MANYEYES_PG_BIN"  # every other setting has its default: nobody's own installation is touched


class Product(NamedTuple):
    """Where it serves, its database, and the process that started all others."""

    url: str
    dsn: str
    pid: int
    data: Path


@contextmanager
def serving(database: str = "", processes: int = 1, **settings: str) -> Iterator[Product]:
    """Serve with so many ``processes`` on a free port; everything is stopped and removed at the end.

    ``database``: that of another product, which serves it too; empty: one of its own. ``settings``: its variables.
    """
    with temporary_folder() as folder, (folder / "log").open("w+b") as log:
        data = folder / "data"
        command = [sys.executable, "-m", "manyeyes", "serve", "--processes", str(processes), "--port", "0"]
        command += ["--data", str(data)]
        process = subprocess.Popen(
            command,
            env=clean_environment() | ({"MANYEYES_DATABASE_URL": database} if database else {}) | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
        )
        try:
            url = _ready(process, Path(log.name))
            yield Product(url, database or str(running_dsn(data)), process.pid, data)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def clean_environment() -> dict[str, str]:
    """Return this process's environment without settings of manyeyes."""
    return {k: v for k, v in os.environ.items() if not k.startswith("MANYEYES_") or k == KEPT_VARIABLE}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a fresh folder, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="manyeyes-bench-") as folder:
        yield Path(folder)


def _ready(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout
    word, _, url = process.stdout.readline().strip().partition(" ")
    if word != "ready":
        raise RuntimeError(f"manyeyes serve did not start:\n{log.read_text()[-2000:]}")
    return url
