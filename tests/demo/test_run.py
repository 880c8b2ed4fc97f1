"""The whole demo as a newcomer runs it: first answers come, Ctrl-C ends every process, the next start goes on."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from demo.__main__ import Demo, Ending
from demo.customer import Outcome
from demo.household import Sent
from demo.jobs import METERS
from demo.pictures import draw
from demo.server import command
from support.own_ports import own_ports

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 480.0  # a bound on a hanging demo, not a measure of it
FOUND = "Jo is below the floor"
pytestmark = pytest.mark.timeout(2 * LONGEST_SECONDS)  # it starts several
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


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all: whichever test comes first finds nothing there and is the first start."""
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Callable[[int], Run]]:
    """Start the demo; what a test leaves running is killed."""
    runs: list[Run] = []

    def start_on(port: int) -> Run:
        runs.append(Run(data, port))
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
    assert alive(everyone) == []


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie has ended and waits only for its parent to notice."""
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def answer_one_sign(data: Path, address: str, typed: str = "") -> str:
    """Be the person in front of the demo: take pictures until a street sign comes, type its name (or ``typed``),
    return it."""
    token = command(data / "server", "worker", "create", "Somebody", "--language", "en", "--queue", "1")["token"]
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        http.post("/v1/worker/online", json={}).raise_for_status()
        while True:
            lease = http.get("/v1/worker/next", params={"wait": 30}).raise_for_status().json()
            if "street" not in lease["task"]["options"].get("comment", ""):
                http.post("/v1/worker/skips", json={"lease": lease["lease"], "reason": "other"}).raise_for_status()
                continue
            text = text_on(http.get(lease["task"]["image_url"]).content, data)
            body = {"lease": lease["lease"], "answer": {"text": typed or text}}
            http.post("/v1/worker/answers", json=body).raise_for_status()
            http.post("/v1/worker/offline")
            return text


def text_on(file: bytes, data: Path) -> str:
    """Return what stands on a picture: the demo notes what it has sent, drawn again it must be this very file."""
    notes = json.loads((data / "demo.json").read_text())
    drawn = [draw(sent["kind"], sent["number"]) for sent in notes["sent"] if sent["kind"] == "sign"]
    return next(picture.text for picture in drawn if picture.data == file)


@pytest.mark.faults
def test_first_answers_come_ctrl_c_ends_all_and_the_next_start_goes_on(start: Callable[[int], Run], data: Path) -> None:
    first = start(own_ports(8760))
    first.read_until(ANSWERED)
    end_all(first, signal.SIGINT)
    assert not any("Traceback" in line for line in first.lines)

    second = start(own_ports(8760))
    account = second.read_until(r"going on with account (\d+)")[1]
    link = second.read_until(r"The operator's page: +(http://\S+)")[1]
    assert httpx.get(link).status_code == 200
    second.read_until(ANSWERED)
    end_all(second, signal.SIGTERM)
    assert json.loads((data / "demo.json").read_text())["account_id"] == int(account)


@pytest.mark.faults
def test_a_taken_port_is_left_alone_and_an_early_end_leaves_nothing(start: Callable[[int], Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(port)
        run.read_until("starting the server")
        address = run.read_until(r"Answer pictures yourself:\s+http://127\.0\.0\.1:(\d+)/login/")
        assert int(address[1]) > port
        end_all(run, signal.SIGINT)


@pytest.mark.faults
def test_a_job_runs_to_its_end_and_the_next_start_opens_another(start: Callable[[int], Run], data: Path) -> None:
    run = start(own_ports(8760))
    job = run.read_until(r"Their job, running: +http://localhost:\d+/customer/jobs/(\d+)")[1]
    run.read_until(r"The careless one, found: +http://localhost:\d+/operator/people/9")
    command_line = run.read_until("manyeyes ask ")
    assert str(data / "meters") in command_line.string
    settings = json.loads(run.read_until("mcpServers").string)["mcpServers"]["manyeyes"]
    assert httpx.post(settings["url"], headers=settings["headers"], content=b"{").status_code != 401
    run.read_until(rf"job {job}: {METERS} of {METERS} answered, \$0\.008400, finished; ")
    if not any(FOUND in line for line in run.lines):
        run.read_until(FOUND)
    end_all(run, signal.SIGINT)
    again = start(own_ports(8760))
    assert again.read_until(r"/customer/jobs/(\d+)")[1] != job
    end_all(again, signal.SIGINT)


@pytest.mark.faults
def test_street_signs_are_left_to_the_person(start: Callable[[int], Run], data: Path) -> None:
    run = start(8780)
    address = run.read_until(r"Answer pictures yourself:\s+(http://127\.0\.0\.1:\d+)/login/")[1]
    name = answer_one_sign(data, address)
    run.read_until(rf"sign +{name} +you .*right")
    end_all(run, signal.SIGINT)
    assert [line for line in run.lines if re.search(r":\d\d +sign .* crowd ", line)] == []


@pytest.mark.faults
def test_a_wrong_answer_is_complained_about_and_its_money_comes_back(start: Callable[[int], Run], data: Path) -> None:
    run = start(8785)
    address = run.read_until(r"Answer pictures yourself:\s+(http://127\.0\.0\.1:\d+)/login/")[1]
    name = answer_one_sign(data, address, "Nowhere Lane")
    run.read_until(rf"sign +Nowhere Lane .*wrong, it says {name}; complained")
    run.read_until(rf"the complaint about '{name}': confirmed, \$0\.000700 given back")
    end_all(run, signal.SIGINT)


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_killed_demo_leaves_no_server_behind(start: Callable[[int], Run]) -> None:
    run = start(8790)
    run.read_until(ANSWERED)
    everyone = run.everyone()
    run.process.kill()
    run.process.wait()
    psutil.wait_procs(everyone, timeout=60)
    assert alive(everyone) == []


@pytest.mark.faults
def test_a_dying_server_is_told_and_ends_the_demo(start: Callable[[int], Run]) -> None:
    run = start(8795)
    run.read_until("Answer pictures yourself")
    everyone = run.everyone()
    psutil.Process(run.process.pid).children()[0].kill()
    assert run.wait() == 1
    assert any("the server ended with code -9" in line for line in run.lines)
    psutil.wait_procs(everyone, timeout=60)
    assert alive(everyone) == []


def test_pictures_of_the_last_run_that_ended_are_summed_up(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sent = Sent("sign", 1, "digest", "Long Row", 7)
    gone = Outcome(sent, error_code="ERROR_NO_SUCH_CAPCHA_ID")
    Demo(tmp_path, Ending())._show_last_run([gone, Outcome(sent, "Long Row", "0.000700", 3), gone])
    out = capsys.readouterr().out
    assert "2 pictures of the last run ended meanwhile, not charged" in out
    assert "last run   3 s" in out
    assert "ERROR" not in out
