"""The whole demo as a newcomer runs it: first answers come, Ctrl-C ends every process, the next start goes on."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 120.0  # a bound on a hanging demo, not a measure of it
ANSWERED = re.compile(r"(receipt|meter) .*crowd .*(right|wrong)")


class Run:
    """A running `python -m demo`, in a process group of its own as a shell would start it."""

    def __init__(self, data: Path, port: int) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--data", str(data), "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._watchdog = threading.Timer(LONGEST_SECONDS, self.kill)
        self._watchdog.start()

    def read_until(self, pattern: str | re.Pattern[str]) -> re.Match[str]:
        """Read the demo's output up to a line that has `pattern`; fail with all of it if the demo ends before."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        pytest.fail(f"the demo ended before it said {pattern!r}:\n{''.join(self.lines)}")

    def everyone(self) -> list[psutil.Process]:
        """The demo and every process below it."""
        demo = psutil.Process(self.process.pid)
        return [demo, *demo.children(recursive=True)]

    def wait(self) -> int:
        """Return the exit code, having read the rest of the output."""
        assert self.process.stdout
        self.lines += self.process.stdout.readlines()
        return self.process.wait()

    def kill(self) -> None:
        """End it without manners; also what the watchdog does."""
        self._watchdog.cancel()
        if self.process.poll() is None:
            for process in self.everyone():
                process.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Run]]:
    """Start the demo on one data directory for the whole test."""
    runs: list[Run] = []

    def start_on(port: int) -> Run:
        runs.append(Run(tmp_path / "demo", port))
        return runs[-1]

    yield start_on
    for run in runs:
        run.kill()


def end_all(run: Run, number: signal.Signals) -> None:
    """Send the signal to the demo's whole process group, as a terminal does, and see every process go."""
    everyone = run.everyone()
    assert len(everyone) > 1, "no server below the demo"
    os.killpg(run.process.pid, number)
    assert run.wait() == 0, "".join(run.lines)
    assert [p for p in everyone if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.faults
def test_first_answers_come_ctrl_c_ends_all_and_the_next_start_goes_on(start: Callable[[int], Run]) -> None:
    first = start(8760)
    first.read_until(ANSWERED)
    end_all(first, signal.SIGINT)
    assert not any("Traceback" in line for line in first.lines)

    second = start(8760)
    account = second.read_until(r"going on with account (\d+)")[1]
    second.read_until(ANSWERED)
    end_all(second, signal.SIGTERM)
    assert f'"account_id": {account},' in (ROOT / second.process.args[4] / "demo.json").read_text()


@pytest.mark.faults
def test_a_taken_port_is_left_alone_and_an_early_end_leaves_nothing(start: Callable[[int], Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(port)
        run.read_until("starting the server")
        address = run.read_until(r"Answer pictures yourself:\s+http://127\.0\.0\.1:(\d+)/login/")
        assert int(address[1]) > port
        end_all(run, signal.SIGINT)
