"""Whoever waits when a server is told to end gets an answer, and the log has no fault for it."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from support.action_stage import PICTURE
from support.embedded_owners import wait_until
from support.job_calls import QUESTION
from support.mcp_agents import picture, question
from support.raw_connections import RawConnection, post
from support.real_server import ServeProcess, ask_json

STREAMED = b"transfer-encoding: chunked"


def get(path: str, token: str, *headers: bytes) -> bytes:
    lines = [b"GET %b HTTP/1.1" % path.encode(), b"host: manyeyes.test", bearer(token), *headers]
    return b"\r\n".join([*lines, b"", b""])


def bearer(token: str) -> bytes:
    return b"authorization: Bearer " + token.encode()


@contextmanager
def waiting(server: ServeProcess, asked: Sequence[bytes]) -> Iterator[list[RawConnection]]:
    """Yield connections whose requests were all read by the server."""
    with ExitStack() as stack:
        lines = [stack.enter_context(RawConnection(server.url)) for _ in asked]
        assert all(line.send(request) for line, request in zip(lines, asked, strict=True))
        wait_until(lambda: has_read(server.port, len(lines)))
        yield lines


def has_read(port: int, connections: int) -> bool:
    """Tell whether so many connections are open to a port of this machine, and nothing that came lies unread."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    queues = [row[4] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"]
    return len(queues) >= connections and all(int(each.partition(":")[2], 16) == 0 for each in queues)


def tools_call(**arguments: object) -> bytes:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask_people", "arguments": arguments}}
    return json.dumps(body).encode()


def test_who_waits_is_answered_when_the_server_is_told_to_end(data, tmp_path):
    server = ServeProcess(data)
    try:
        key = ask_json(data, "account", "create", "Ann", "--balance", "5.00")["client_key"]
        worker, streamed = (ask_json(data, "worker", "create", name, "--queue", "1")["token"] for name in ("Ada", "Bo"))
        reviewer = ask_json(data, "worker", "create", "Rin", "--reviewer")["token"]
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {key}"}) as http:
            body = base64.b64encode(PICTURE.data).decode()
            wanted = {"type": "ImageToTextTask", "body": body, "languagePool": "rn"}  # nobody who is there reads it
            task = http.post("/createTask", json={"clientKey": key, "task": wanted}).json()["taskId"]
            job = http.post("/v1/jobs", json={"name": "a job", "question": QUESTION}).json()["id"]
        for token in (worker, streamed):
            assert httpx.post(f"{server.url}/v1/worker/online", headers={"authorization": f"Bearer {token}"}).is_success
        json_media, both = b"content-type: application/json", b"accept: application/json, text/event-stream"
        asked = [
            get("/v1/worker/next?wait=60", worker),
            get("/v1/reviewer/next?wait=60", reviewer),
            get("/v1/reviewer/results/next?wait=60", reviewer),
            get(f"/v1/tasks/{task}", key, b"prefer: wait=60"),
            get("/v1/worker/events", streamed),
            get(f"/v1/jobs/{job}/events", key),
            post(
                "/mcp", tools_call(picture=picture(), question=question(), patience=50), bearer(key), json_media, both
            ),
        ]
        with waiting(server, asked) as lines:
            server.process.terminate()
            replies = [line.reply() for line in lines]
            assert [reply and reply.status for reply in replies] == [204, 204, 204, 200, 200, 200, 200]
            assert all(b"connection: close" in reply.head for reply in replies[:4])
            assert json.loads(replies[3].body)["state"] == "waiting"
            for line, reply in zip(lines[4:], replies[4:], strict=True):  # and a stream has its last part
                assert STREAMED not in reply.head or line.rest().endswith(b"0\r\n\r\n"), reply
    finally:
        assert server.stop() == 0
    said = [json.loads(line) for line in (tmp_path / "data.stderr").read_text().splitlines() if line[0] == "{"]
    assert [each for each in said if each["level"] != "info"] == []
