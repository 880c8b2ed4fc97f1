"""Health and metrics on an address of their own; where that is when nobody says, and when it is taken."""

import base64
import json
import re
import socket
import subprocess
import time
from pathlib import Path

import httpx
import psutil
import pytest

from manyeyes.runtime.server_address import DEFAULT_OPS
from manyeyes.server import metrics_folder
from manyeyes.server.listeners import CannotServe, listen_for_ops, ops_place
from manyeyes.server.metrics_folder import MEMORY, forget_folder, fresh_folder
from manyeyes.server.ops import OLDEST_METRICS_SECONDS
from support.made_pictures import jpeg
from support.real_server import COMMAND, ServeProcess, ask_json, environment, run, wait_until_gone

FIRST_LINK, SIGN_INS = 1, 8  # the operator's link of the first start is a credential too
HOST, PORT = DEFAULT_OPS.split(":")


def test_the_public_port_knows_neither_and_the_other_one_tells_of_all_processes(data: Path):
    server = ServeProcess(data, processes=2)
    try:
        for path in ("/healthz", "/metrics"):
            assert httpx.get(server.url + path).status_code == 404
        assert httpx.get(f"{server.ops_url}/healthz").json() == {"status": "ok"}
        assert httpx.get(f"{server.ops_url}/getBalance").status_code == 404
        token = ask_json(data, "worker", "create", "Ada")["token"]
        for _ in range(SIGN_INS):  # each on a connection of its own, to whichever process takes it
            httpx.post(f"{server.url}/login", data={"key": token}, headers={"origin": server.url})
        time.sleep(OLDEST_METRICS_SECONDS)
        assert {sign_ins(server) for _ in range(10)} == {FIRST_LINK + SIGN_INS}, "whichever process is asked"
        assert_children_have_no_listener(server)
    finally:
        assert server.stop() == 0


def test_metrics_of_several_processes_lie_in_memory_and_nothing_of_them_is_left(data: Path):
    """A map of a file that finds no room on a full disk would kill its process."""
    server = ServeProcess(data, processes=2)
    left = (data / "metrics").resolve()
    assert left.parent == MEMORY
    server.kill("supervisor")
    wait_until_gone(data)
    server.stop()
    server = ServeProcess(data, processes=2)
    try:
        assert not left.exists(), "the next start clears away what a killed one left"
        assert (found := (data / "metrics").resolve()) != left
        assert list(found.iterdir())
    finally:
        assert server.stop() == 0
    assert not found.exists()
    assert not (data / "metrics").is_symlink()


def test_where_nothing_lies_in_memory_metrics_lie_beside_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics_folder, "MEMORY", tmp_path / "none")
    name = tmp_path / "data" / "metrics"
    for _ in range(2):
        assert fresh_folder(name).is_dir()
        assert list(name.iterdir()) == []
        (name / "left").touch()
    forget_folder(name)
    assert not name.exists()


def assert_children_have_no_listener(server: ServeProcess) -> None:
    """Make a serving process start a child, and see that a caller's connection could never be accepted there."""
    account = ask_json(server.data, "account", "create", "Ann", "--balance", "1")
    task = {"type": "ImageToTextTask", "body": base64.b64encode(jpeg()).decode()}
    asked = httpx.post(f"{server.url}/createTask", json={"clientKey": account["client_key"], "task": task})
    assert asked.json()["errorId"] == 0
    children = [child for pid in server.serving_pids() for child in psutil.Process(pid).children(recursive=True)]
    assert children
    assert [c for child in children for c in child.net_connections("tcp")] == []


def sign_ins(server: ServeProcess) -> float:
    text = httpx.get(f"{server.ops_url}/metrics").text
    found = re.search(r'^manyeyes_batch_seconds_count\{verb="add_credentials"\} (.*)', text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize(
    ("given", "port", "place"),
    [
        ("", 8080, (HOST, int(PORT))),
        ("", 0, (HOST, 0)),
        ("off", 8080, None),
        ("0.0.0.0:9000", 0, ("0.0.0.0", 9000)),
        ("[::1]:0", 8080, ("::1", 0)),
    ],
)
def test_where_it_is(given, port, place):
    assert ops_place(given, port) == place


@pytest.mark.parametrize("given", ["9000", ":9000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "on"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ValueError, match="must be HOST:PORT or off"):
        ops_place(given, 8080)


def test_a_place_that_somebody_named_must_be_free_and_the_usual_one_need_not():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = taken.getsockname()[:2]
        with pytest.raises(CannotServe, match=r"cannot listen on .* for health and metrics: .*; try --ops 127.0.0.1:0"):
            listen_for_ops(place, is_named=True)
        with listen_for_ops(place, is_named=False) as found:
            assert found.getsockname()[1] != place[1]


def test_the_command_line_says_what_is_wrong(tmp_path: Path):
    done = run(tmp_path / "data", "serve", "--port", "0", "--ops", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "manyeyes: --ops (MANYEYES_OPS) must be HOST:PORT or off, and is 'nowhere'\n"
    assert not (tmp_path / "data").exists()


def test_it_can_be_off(data: Path):
    command = [*COMMAND, "serve", "--data", str(data), "--port", "0", "--ops", "off"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), text=True, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("ready ")
        assert json.loads((data / "server.json").read_text())["ops"] == ""
        process.terminate()
        assert process.stderr
        assert "health and metrics" not in process.stderr.read()
