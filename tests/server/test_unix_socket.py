"""A server on a Unix socket: who may write to it, whose word counts there, what a killed one leaves."""

import json
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.embedded_owners import wait_until
from support.proxies import PROXIES, find_proxy, proxy
from support.real_server import COMMAND, ServeProcess, ask_json, copy_data, environment, wait_until_gone

PUBLIC = "https://eyes.example.org"
TOLD = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Request-Id": "as-the-proxy-says"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where the socket is to be; other users may enter the directory."""
    folder = tmp_path / "run"
    folder.mkdir()
    tmp_path.chmod(0o711)
    return folder / "http"


@contextmanager
def served(data: Path, place: Path, processes: int = 1, trusted: str = "") -> Iterator[ServeProcess]:
    """Run a server on a Unix socket; ``trusted``: another choice of proxies than the usual one."""
    given = {"MANYEYES_SOCKET": str(place), "MANYEYES_TRUSTED_PROXIES": trusted}
    server = ServeProcess(data, 0, "127.0.0.1", processes, (), MANYEYES_PUBLIC_URL=PUBLIC, **given)
    try:
        yield server
    finally:
        server.stop()


def client(place: Path) -> httpx.Client:
    """Return a client that connects to the socket."""
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(place)), base_url="http://eyes.example.org")


def refused_addresses(server: ServeProcess) -> list[str]:
    """Return where the refused requests of the log came from."""
    lines = (server.data.parent / f"{server.data.name}.stderr").read_text().splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    return [line["address"] for line in told if line.get("event") == "request_refused"]


def serve_in_vain(data: Path, place: Path, **more: str) -> str:
    """Start a server that ends at once; return what it said."""
    words = [*COMMAND, "serve", "--data", str(data), "--socket", str(place), "--ops", "off"]
    ended = subprocess.run(words, env=environment(**more), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    return ended.stderr


def test_its_group_may_write_to_it_the_proxy_is_believed_and_it_goes_with_the_server(data: Path, place: Path):
    with served(data, place, processes=2) as server, client(place) as http:
        assert server.url == f"unix:{place}"
        assert stat.filemode(place.stat().st_mode) == "srw-rw----"
        reply = http.get("/v1/tasks/1", headers=TOLD)
        assert (reply.status_code, reply.headers["x-request-id"]) == (401, TOLD["X-Request-Id"])
        assert http.post("/getQueueStats", json={"queueId": 1}).json()["waiting"] == 0
        assert ask_json(data, "account", "create", "Meters")["login_url"].startswith(f"{PUBLIC}/login/")
        wait_until(lambda: refused_addresses(server) == ["203.0.113.7"])
    assert not place.exists()


def test_nobody_is_believed_where_the_socket_is_not_trusted(data: Path, place: Path):
    with served(data, place, trusted="127.0.0.1") as server, client(place) as http:
        reply = http.get("/v1/tasks/1", headers=TOLD)
        assert (reply.status_code, reply.headers["x-request-id"] == TOLD["X-Request-Id"]) == (401, False)
        wait_until(lambda: refused_addresses(server) == ["unix"])


def test_a_killed_servers_socket_is_replaced_and_a_living_ones_is_left(data: Path, place: Path, first_start: Path):
    with served(data, place) as first:
        first.kill("supervisor")
    assert place.is_socket()
    wait_until_gone(data)
    with served(data, place), client(place) as http:
        other = copy_data(first_start, data.parent / "other")
        assert "another server does" in serve_in_vain(other, place, MANYEYES_PUBLIC_URL=PUBLIC)
        assert http.get("/v1/tasks/1").status_code == 401
    assert not place.exists()


def test_a_server_that_is_killed_starts_again_at_once(data: Path, place: Path):
    with served(data, place) as first:
        first.kill("supervisor")
        with served(data, place), client(place) as http:
            assert http.get("/v1/tasks/1").status_code == 401


@pytest.mark.parametrize(
    ("lies_there", "said"),
    [("a file", "is no socket, and stays"), ("nothing", "MANYEYES_PUBLIC_URL"), ("no directory", "No such file")],
)
def test_what_cannot_be_listened_on_is_said(data: Path, place: Path, lies_there: str, said: str):
    public = {} if lies_there == "nothing" else {"MANYEYES_PUBLIC_URL": PUBLIC}
    if lies_there == "a file":
        place.write_text("mine")
    if lies_there == "no directory":
        place.parent.rmdir()
    assert said in serve_in_vain(data, place, **public)
    assert place.exists() is (lies_there == "a file")


def test_a_path_that_is_too_long_is_said(data: Path, place: Path):
    assert "too long" in serve_in_vain(data, place.with_name("x" * 120), MANYEYES_PUBLIC_URL=PUBLIC)


@pytest.mark.clients
@pytest.mark.parametrize("name", sorted(PROXIES))
def test_it_is_served_behind_a_proxy(data: Path, place: Path, tmp_path: Path, name: str):
    if not find_proxy(name):
        pytest.skip(f"{name} is not installed")
    with served(data, place) as server, proxy(name, tmp_path / name, place) as address:
        reply = httpx.get(f"{address}/v1/tasks/1", headers={"X-Request-Id": "mine"})
        assert (reply.status_code, reply.headers["x-request-id"] == "mine") == (401, False)
        wait_until(lambda: refused_addresses(server) == ["127.0.0.1"])


def test_it_is_a_socket_that_any_program_speaks_to(data: Path, place: Path):
    with served(data, place), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(place))
        caller.sendall(b"GET /v1/tasks/1 HTTP/1.0\r\n\r\n")
        assert caller.recv(1000).startswith(b"HTTP/1.1 401")
