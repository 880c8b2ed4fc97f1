"""What the tests of the embedded PostgreSQL have in common: owners in processes of their own, and a look at /proc."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from manyeyes.db.cluster import cluster_name

SOURCE = Path(__file__).parents[2] / "src"
OWNER_SCRIPT = Path(__file__).parents[1] / "faults" / "own_a_directory.py"
LONG_ENOUGH_SECONDS = 60


def ask(dsn: str, *statements: str) -> Any:
    """Run the statements in one connection; return the last one's first value."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


class OwnerProcess:
    """A process, not this one, that has started PostgreSQL on the directory. `dsn` once it is ready."""

    def __init__(self, data_dir: Path, prefix: Sequence[str] = (), wait: bool = True) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(OWNER_SCRIPT), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        self.dsn = self._first_line() if wait else ""

    def _first_line(self) -> str:
        assert self.process.stdout
        word, _, dsn = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready"
        return dsn

    def finish(self) -> None:
        """Let it end by itself."""
        self.process.communicate("", timeout=LONG_ENOUGH_SECONDS)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def server_pids(data_dir: Path) -> dict[int, str]:
    """Return the living PostgreSQL processes of this data directory, with their command lines."""
    name = cluster_name(data_dir / "postgres")
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            title = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if name in title and "own_a_directory" not in title:
            found[int(entry.name)] = title
    return found


def postmaster_pid(data_dir: Path) -> int:
    """Return the process id in the data directory's postmaster.pid."""
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until it happened; fail when it seems never to happen (no statement about speed)."""
    give_up = time.monotonic() + LONG_ENOUGH_SECONDS
    while not happened():
        assert time.monotonic() < give_up, f"never happened: {happened}"
        time.sleep(0.01)
