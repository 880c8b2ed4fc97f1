"""kill -9 of who records recognition calls, or of the database under them: what was acknowledged is there, once."""

import asyncio
import hashlib
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import asyncpg
import pytest

from manyeyes.db.embedded import running_dsn
from support.embedded_owners import postmaster_pid, wait_until
from support.real_server import ServeProcess, ask_json, environment

pytestmark = pytest.mark.faults

SCRIPT = Path(__file__).with_name("record_calls.py")
LABELS = "0=normal,1=qr code,2=text"
KILLS, CALLS_BETWEEN = 4, 10


class Recorder:
    """Runs the script; `acknowledged` are the numbers of the calls that it was told of."""

    def __init__(self, data: Path, secret_id: str) -> None:
        self.acknowledged: set[int] = set()
        self._data, self._secret_id = data, secret_id
        self._start()

    def _start(self) -> None:
        """Begin with what was acknowledged last: the calls around it come once more."""
        first = max(max(self.acknowledged, default=0) - 3, 0)
        dsn = running_dsn(self._data)
        assert dsn
        command = [sys.executable, str(SCRIPT), dsn, self._secret_id, str(first)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
        self._listener = threading.Thread(target=self._listen, args=(self.process.stdout,))
        self._listener.start()

    def _listen(self, lines: IO[str]) -> None:
        with lines:
            self.acknowledged.update(int(line) for line in lines if line.endswith("\n"))

    def reach(self, calls: int) -> None:
        """Wait until so many more were acknowledged from now on."""
        wanted = len(self.acknowledged) + calls
        wait_until(lambda: len(self.acknowledged) >= wanted or self.process.poll() is not None)
        assert self.process.poll() is None, "the recorder ended"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listener.join()

    def begin_again(self) -> None:
        self.kill()
        self._start()


def recognition(data: Path) -> str:
    """Make a customer with an app and a recognition; return the app's secretId."""
    ask_json(data, "account", "create", "Ann", "--balance", "1000.00")
    app = ask_json(data, "app", "create", "Shop", "--account", "Ann", "--bits", "1024")
    made = ("recognition", "create", "Shop", "--recogniser", "people", "--labels", LABELS, "--review-queue")
    ask_json(data, *made, "--price", "0.0005")
    return str(app["secret_id"])


def kill_postmaster(server: ServeProcess, data: Path) -> None:
    """kill -9 of PostgreSQL, and wait for the one that is started instead: the dead one's backends answer for a while,
    and another kill before the supervisor has seen the new one answer would be a failed start to them."""
    dead = postmaster_pid(data)
    server.kill("postmaster")
    wait_until(lambda: is_ready(data, dead))
    assert running_dsn(data)


def is_ready(data: Path, dead: int) -> bool:
    """Tell whether another PostgreSQL than the dead one accepts connections: the last line of its own note says so."""
    try:
        lines = (data / "postgres" / "postmaster.pid").read_text().split()
    except FileNotFoundError:
        return False
    return bool(lines) and lines[-1] == "ready" and int(lines[0]) != dead


@pytest.mark.parametrize("victim", ["recorder", "postmaster"])
def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(data: Path, victim: str) -> None:
    moments = random.Random()
    server = ServeProcess(data)
    recorder = None
    try:
        recorder = Recorder(data, recognition(data))
        for _ in range(KILLS):
            recorder.reach(CALLS_BETWEEN + moments.randint(0, 7))
            if victim == "recorder":
                recorder.begin_again()
            else:
                kill_postmaster(server, data)
        recorder.reach(CALLS_BETWEEN)
        recorder.kill()
        check = ask_json(data, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
        asyncio.run(assert_kept(data, recorder.acknowledged))
    finally:
        if recorder:
            recorder.kill()
        assert server.stop() == 0


async def assert_kept(data: Path, acknowledged: set[int]) -> None:
    """Every acknowledged call is there with its three results, no call has more, and the counts say the same."""
    db = await asyncpg.connect(running_dsn(data))
    try:
        calls = {
            row["triple"]: row["call_id"] for row in await db.fetch("SELECT triple, call_id FROM recognition_call")
        }
        results = await db.fetch("SELECT call_id, count(*) AS results FROM recognition_result GROUP BY call_id")
        total = await db.fetchval("SELECT sum(total)::int FROM recognition_day")
        charges = await db.fetchval("SELECT count(*) FROM transfer WHERE kind = 14")
    finally:
        await db.close()
    assert len(acknowledged) >= KILLS * CALLS_BETWEEN
    missing = {n for n in acknowledged if hashlib.sha256(f"{n}".encode()).digest() not in calls}
    assert missing == set()
    assert {row["call_id"]: row["results"] for row in results} == dict.fromkeys(calls.values(), 3)
    assert total == 3 * len(calls)
    assert charges == len(calls)
