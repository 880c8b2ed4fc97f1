"""A real `manyeyes serve` in a process of its own, whom to kill in it, and the command line beside it."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.embedded_owners import LONG_ENOUGH_SECONDS, SOURCE, postmaster_pid, wait_until
from support.forked_commands import run_forked

CLIENT_SOURCE = SOURCE.parent / "clients" / "python" / "src"
COMMAND = [sys.executable, "-m", "manyeyes"]


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without anybody's settings of manyeyes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MANYEYES_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(CLIENT_SOURCE)]), **more}


def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line on the data directory."""
    return run_forked([*arguments, "--data", str(data)], environment(**more), 2 * LONG_ENOUGH_SECONDS)


def ask_json(data: Path, *arguments: str, **more: str) -> Any:
    """Run a command with --json: exactly one object stands on stdout, and nothing else."""
    done = run(data, *arguments, "--json", **more)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout
    found = json.loads(lines[0])
    assert isinstance(found, dict)
    return found


def copy_data(kept: Path, data: Path) -> Path:
    """Copy a data directory in which nobody is at work, its files' owner too; return the new one."""
    subprocess.run(["cp", "--archive", str(kept), str(data)], check=True)
    return data


class ServeProcess:
    """`manyeyes serve` on a directory; `url` once it is ready. ``port`` 0 takes a free one; ``more``: its settings.

    Its ops address is always a free one: `ops_url`. ``options``: words of the command line.
    """

    def __init__(
        self,
        data: Path,
        port: int = 0,
        host: str = "127.0.0.1",
        processes: int = 1,
        options: Sequence[str] = (),
        **more: str,
    ) -> None:
        self.data = data
        self._log = (data.parent / f"{data.name}.stderr").open("ab")
        more.setdefault("MANYEYES_OPS", "127.0.0.1:0")
        command = [*COMMAND, "serve", "--data", str(data), "--port", str(port), "--host", host]
        command += ["--processes", str(processes), *options]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment(**more),
            start_new_session=True,
        )
        self.url = self._ready()
        number = self.url.rsplit(":", 1)[1]
        self.port = int(number) if number.isdecimal() else 0  # a Unix socket has none

    def _ready(self) -> str:
        assert self.process.stdout
        assert select.select([self.process.stdout], [], [], LONG_ENOUGH_SECONDS)[0], "never became ready"
        word, _, url = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready", Path(self._log.name).read_text()
        return url

    @property
    def ops_url(self) -> str:
        """Return where /healthz and /metrics are."""
        return str(json.loads((self.data / "server.json").read_text())["ops"])

    def serving_pids(self) -> list[int]:
        """Return the serving processes: the supervisor's children that run manyeyes.server.serving_process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [
            int(pid) for pid in children if b"manyeyes.server.serving_process" in _read(Path(f"/proc/{pid}/cmdline"))
        ]

    def kill(self, victim: str) -> None:
        """Kill (SIGKILL) the `supervisor`, the `serving` process or the `postmaster`."""
        found = {
            "supervisor": lambda: [self.process.pid],
            "serving": self.serving_pids,
            "postmaster": self._postmaster_pids,
        }
        wait_until(lambda: bool(found[victim]()))
        for pid in found[victim]():
            os.kill(pid, signal.SIGKILL)
        if victim == "supervisor":
            self.process.wait()

    def _postmaster_pids(self) -> list[int]:
        """Return the postmaster; none while PostgreSQL is down, whose file may be missing or name who died."""
        try:
            pid = postmaster_pid(self.data)
        except (FileNotFoundError, IndexError, ValueError):
            return []
        return [pid] if str(self.data).encode() in _read(Path(f"/proc/{pid}/cmdline")) else []

    def stop(self) -> int:
        """Send SIGTERM and wait; return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(LONG_ENOUGH_SECONDS)
        assert self.process.stdout
        self.process.stdout.close()
        self._log.close()
        return code


def left_of(data: Path) -> dict[int, bytes]:
    """Return the living processes that name the data directory in their command line or their environment."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        title = _read(entry / "cmdline")
        if str(data).encode() in title + _read(entry / "environ") and not _is_dead(entry):
            found[int(entry.name)] = title
    return found


def wait_until_gone(data: Path) -> None:
    """Wait until no process of the data directory is left."""
    wait_until(lambda: not left_of(data))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def _is_dead(entry: Path) -> bool:
    return b") Z " in _read(entry / "stat")
