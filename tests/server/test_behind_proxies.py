"""nginx and Caddy as the shipped files configure them: large bodies, events, waits, addresses and the ops port."""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from manyeyes.server.service_manager import tell_manager
from support import factories
from support.embedded_owners import wait_until
from support.proxies import DEPLOY, PROXIES, find_proxy, proxy
from support.real_server import COMMAND, ServeProcess, ask_json, copy_data, environment

never_skipped = pytest.mark.clients  # in continuous integration, which installs both proxies
PUBLIC = "https://eyes.example.org"


@pytest.fixture(scope="module")
def served(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """Yield a server that the world reaches by another address."""
    data = copy_data(first_start, tmp_path_factory.mktemp("behind") / "data")
    server = ServeProcess(data, MANYEYES_PUBLIC_URL=PUBLIC, MANYEYES_PROCESSES="2")
    yield server
    assert server.stop() == 0


@pytest.fixture(params=sorted(PROXIES))
def proxied(request: pytest.FixtureRequest, served: ServeProcess, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a proxy before the server."""
    if not find_proxy(request.param):
        pytest.skip(f"{request.param} is not installed")
    tmp_path.chmod(0o711)
    with proxy(request.param, tmp_path / request.param, served.port) as address:
        yield address


@never_skipped
@pytest.mark.parametrize("megabytes", [0.1, 3.2, 30])
def test_a_body_of_any_size_gets_the_servers_own_answer(served: ServeProcess, proxied: str, megabytes: float):
    body = json.dumps({"clientKey": "no such key", "task": factories.image_task(), "x": "0" * int(megabytes * 1e6)})
    replies = [httpx.post(f"{url}/createTask", content=body, timeout=60) for url in (served.url, proxied)]
    assert replies[0].json()["errorId"] > 0
    assert replies[0].content == replies[1].content


@never_skipped
def test_events_come_at_once_and_a_wait_is_waited_for(served: ServeProcess, proxied: str):
    token = ask_json(served.data, "worker", "create", f"Ann {proxied[-5:]}", "--queue", "1")["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.post(f"{proxied}/v1/worker/online", json={}, headers=headers).status_code == 200
    with httpx.stream("GET", f"{proxied}/v1/worker/events", headers=headers, timeout=30) as events:
        lines = events.iter_lines()
        assert next(lines).startswith(("event:", "data:", ":", "retry:"))
        assert _connected(served)
    wait_until(lambda: not _connected(served))  # much sooner than the stream would have ended by itself
    assert httpx.get(f"{proxied}/v1/worker/next?wait=1", headers=headers, timeout=30).status_code == 204


def _connected(server: ServeProcess) -> int:
    """Return how many connections to a server are open."""
    everyone = psutil.net_connections("tcp")
    return sum(1 for each in everyone if each.laddr[1:] == (server.port,) and each.status == "ESTABLISHED")


@never_skipped
def test_what_only_this_machine_reaches_is_not_behind_it(proxied: str):
    assert {httpx.get(proxied + path).status_code for path in ("/healthz", "/metrics")} == {404}


@never_skipped
def test_a_request_is_called_as_the_proxy_calls_it_and_not_as_a_stranger_does(proxied: str):
    named = [httpx.get(f"{proxied}/v1/account", headers={"X-Request-Id": "mine"}).headers["x-request-id"] for _ in "ab"]
    assert all(re.fullmatch("[0-9a-f-]{32,36}", name) for name in named)
    assert named[0] != named[1]


def test_links_have_the_servers_public_address_in_a_shell_that_knows_none(served: ServeProcess):
    made = ask_json(served.data, "account", "create", "Meters")
    assert made["login_url"].startswith(f"{PUBLIC}/login/")


def test_the_unit_is_one_that_systemd_reads_and_finds_little_open(tmp_path: Path):
    analyse = find_proxy("systemd-analyze")
    if not analyse:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "manyeyes.service"
    unit.write_text((DEPLOY / "manyeyes.service").read_text().replace("/opt/manyeyes/.venv/bin/manyeyes", "/bin/true"))
    read = subprocess.run([analyse, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")
    command = [analyse, "security", "--offline=true", "--threshold=25", "--no-pager", str(unit)]
    looked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stdout


def test_a_service_manager_is_told_when_it_serves_that_it_lives_and_when_it_ends(data: Path, tmp_path: Path):
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place))
        manager.settimeout(60)
        with ThreadPoolExecutor(1) as listening:
            said = listening.submit(_heard, manager)
            server = ServeProcess(data, NOTIFY_SOCKET=str(place))
            server.stop()
            words = said.result()
    at = words.index("READY=1")
    assert at > 0
    assert all(each.startswith("EXTEND_TIMEOUT_USEC=") for each in words[:at]), "a long start is given the time"
    assert words[-1] == "STOPPING=1"
    assert {"READY=1", "WATCHDOG=1", "STOPPING=1"} >= set(words[at:])


def _heard(manager: socket.socket) -> list[str]:
    """Return what the manager is told, until the end."""
    said = [manager.recv(1000).decode()]
    while said[-1] != "STOPPING=1":
        said.append(manager.recv(1000).decode())
    return said


def test_nobody_is_told_where_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for address in ("", str(tmp_path / "gone"), "@gone"):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        tell_manager("READY=1")


def test_the_environment_says_what_options_say(data: Path):
    wrong = subprocess.run(
        [*COMMAND, "serve", "--data", str(data)],
        env=environment(MANYEYES_PROCESSES="65"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (wrong.returncode, "--processes must be from 1 to 64" in wrong.stderr) == (1, True)
    assert os.path.exists(data)
