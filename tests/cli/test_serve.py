"""manyeyes serve, and all other commands beside a running server and without one."""

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from support.embedded_owners import wait_until
from support.real_server import ServeProcess, ask_json, environment, left_of, run

EVERY_COMMAND = [
    *(["account", "top-up", "Ann", "1"], ["account", "key", "Ann"], ["account", "set", "Ann", "--weight", "2"]),
    *(["account", "link", "Ann"], ["account", "list"], ["account", "statement", "Ann"]),
    *(["worker", "create", "Wim"], ["worker", "link", "Wim"], ["worker", "list"], ["worker", "disable", "Wim"]),
    ["worker", "enable", "Wim"],
    *(["queue", "list"], ["queue", "set", "1", "--capacity", "9"], ["operator", "link"]),
    *(["account", "sign-out", "Ann"], ["worker", "sign-out", "Wim"], ["operator", "sign-out"]),
    *(["address", "block", "203.0.113.7"], ["address", "list"], ["address", "unblock", "203.0.113.7"]),
    *(["db", "migrate"], ["db", "check"], ["doctor"]),
]


def test_every_command_works_beside_a_running_server_and_some_without(data):
    made = ask_json(data, "account", "create", "Ann", "--balance", "1.00")
    server = ServeProcess(data)
    try:
        for command in EVERY_COMMAND:
            ask_json(data, *command)
        assert ask_json(data, "worker", "create", "Vera")["login_url"].startswith(f"{server.url}/login/")
        balance = httpx.post(f"{server.url}/getBalance", json={"clientKey": made["client_key"]}).json()
        assert balance == {"errorId": 0, "balance": 2.0}
        second = ask_json(data, "account", "key", "Ann")["client_key"]
        assert httpx.post(f"{server.url}/getBalance", json={"clientKey": second}).json() == balance
    finally:
        assert server.stop() == 0
    assert ask_json(data, "account", "list")["accounts"][0]["balance"] == "2.000000"
    assert ask_json(data, "db", "check")["difference"] == 0
    assert left_of(data) == {}


def test_the_first_start_shows_a_link_for_the_operator_and_the_next_one_does_not(tmp_path):
    data = tmp_path / "data"
    for said in (1, 0):
        server = ServeProcess(data)
        assert server.stop() == 0
        log = data.with_name("data.stderr")
        assert log.read_text().count(f"{server.url}/login/") == said
        log.unlink()


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_one_word_ends_it_all(data, word):
    server = ServeProcess(data)
    server.process.send_signal(word)
    assert server.process.wait(60) == 0
    server.stop()
    assert left_of(data) == {}


def test_a_serving_process_that_is_told_to_end_closes_its_context_first(data, tmp_path):
    """It ends with 0, not by the signal: what stands after serving was run."""
    server = ServeProcess(data)
    try:
        (pid,) = server.serving_pids()
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: "a serving process ended with" in (tmp_path / "data.stderr").read_text())
        assert "a serving process ended with 0;" in (tmp_path / "data.stderr").read_text()
    finally:
        assert server.stop() == 0


def test_with_json_the_ready_line_is_an_object(tmp_path):
    command = [sys.executable, "-m", "manyeyes", "serve", "--data", str(tmp_path), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["ready"].startswith("http://127.0.0.1:")
        process.terminate()
        assert process.stdout.read() == b""


def test_an_external_database_is_used_instead_of_the_embedded_one(tmp_path, dsn):
    made = ask_json_with(tmp_path, dsn, "account", "create", "Ann", "--balance", "1.00")
    assert not (tmp_path / "postgres").exists()
    assert ask_json_with(tmp_path, dsn, "account", "list")["accounts"][0]["account_id"] == made["account_id"]


def ask_json_with(data, dsn, *arguments):
    done = run(data, *arguments, "--json", MANYEYES_DATABASE_URL=dsn)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("processes", ["0", "65"])
def test_a_number_of_processes_that_cannot_be_is_refused(tmp_path, processes):
    done = run(tmp_path / "data", "serve", "--port", "0", "--processes", processes)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--processes must be from 1 to 64" in done.stderr
    assert left_of(tmp_path / "data") == {}


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(tmp_path, port):
    done = run(tmp_path / "data", "serve", f"--port={port}")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "manyeyes: --port must be from 0 to 65535\n")
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_said_with_another_to_try(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path / "data", "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"manyeyes: cannot listen on 127.0.0.1:{port}: Address already in use; try --port {port + 1}" in done.stderr


def test_links_of_a_server_that_listens_everywhere_can_be_opened(tmp_path):
    data = tmp_path / "data"
    server = ServeProcess(data, host="0.0.0.0")
    try:
        assert server.url == f"http://0.0.0.0:{server.port}"
        link = ask_json(data, "operator", "link")["login_url"]
        assert link.startswith(f"http://127.0.0.1:{server.port}/login/")
        assert httpx.get(link).status_code == 200
    finally:
        server.stop()
    said = data.with_name("data.stderr").read_text()
    assert said.count("set MANYEYES_PUBLIC_URL for links that work on other machines") == 1
    assert f"http://127.0.0.1:{server.port}/login/" in said


@pytest.mark.parametrize(
    "command", [["db", "check"], ["doctor"], ["account", "statement", "Ann"], ["worker", "list"], ["operator", "link"]]
)
def test_a_mistyped_directory_is_said_and_nothing_is_made_in_it(tmp_path, command):
    done = run(tmp_path / "typo", *command)
    told = f"manyeyes: there is no installation in {tmp_path / 'typo'}; `manyeyes serve` makes one\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("command", [["worker", "create", "Wim"], ["db", "migrate"]])
def test_what_begins_an_installation_makes_one(tmp_path, command):
    assert run(tmp_path / "data", *command).returncode == 0
    assert ask_json(tmp_path / "data", "db", "check")["difference"] == 0


def test_an_external_database_that_is_not_there_is_said(tmp_path):
    nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"
    for command in (["account", "list"], ["serve", "--port", "0"]):
        done = run(tmp_path / "data", *command, MANYEYES_DATABASE_URL=nowhere)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("manyeyes: ")
        assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_read_is_named(tmp_path):
    done = run(tmp_path / "data", "account", "list", MANYEYES_PICTURE_HOURS="many")
    assert (done.returncode, done.stdout) == (1, "")
    assert "MANYEYES_PICTURE_HOURS" in done.stderr


@pytest.mark.parametrize("wrong", [["nothing"], ["account", "nothing"], ["account", "create"], ["queue", "set", "x"]])
def test_wrong_usage_is_said_on_stderr_and_ends_with_1(manyeyes, wrong):
    done = manyeyes(*wrong)
    assert (done.code, done.out) == (1, "")
    assert done.err
