"""How many streams and waiting calls one worker may have at once, over raw sockets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.raw_connections import RawConnection, asked
from support.real_server import ServeProcess, ask_json, copy_data

MOST = 3
PATHS = ["/v1/worker/events", "/v1/worker/next?wait=30", "/v1/reviewer/next?wait=30"]


@pytest.fixture(scope="module")
def served(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """Yield a server where a caller may wait three times."""
    data = copy_data(first_start, tmp_path_factory.mktemp("waits") / "data")
    server = ServeProcess(data, MANYEYES_WAITS_PER_CALLER=str(MOST))
    yield server
    assert server.stop() == 0


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n".encode()


@pytest.mark.parametrize("path", PATHS)
def test_the_next_one_is_a_429_and_another_workers_is_none(served, path):
    tokens = []
    for name in ("Ada", "Bo"):
        made = ask_json(served.data, "worker", "create", f"{name} {path[:16]}", "--queue", "1", "--reviewer")
        tokens.append(made["token"])
        online = f"POST /v1/worker/online HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {tokens[-1]}\r\n"
        assert asked(served.url, f"{online}content-length: 2\r\n\r\n{{}}".encode()).status == 200
    held = [RawConnection(served.url) for _ in range(MOST)]
    try:
        for connection in held:
            connection.send(get("/v1/worker/events", tokens[0]))
            assert b" 200 " in connection.socket.recv(200)
        reply = asked(served.url, get(path, tokens[0]))
        assert (reply.status, json.loads(reply.body)["refusal"]) == (429, "too_many_waits")
        assert b"retry-after: 5" in reply.head
        assert asked(served.url, get("/v1/worker/next", tokens[1])).status == 204
        held.pop().socket.close()
        while (reply := asked(served.url, get("/v1/worker/next", tokens[0]))).status == 429:
            pass
        assert reply.status == 204
    finally:
        for connection in held:
            connection.socket.close()
