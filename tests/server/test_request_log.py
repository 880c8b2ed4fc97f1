"""One line for each request that was refused or failed, by the id in its answer; none for one that was served."""

import base64
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from manyeyes.logs.line_pace import MOST_ALIKE
from support.embedded_owners import ask, wait_until
from support.log_lines import lines, one_told, told
from support.made_pictures import jpeg
from support.raw_connections import RawConnection, asked, post
from support.real_server import ServeProcess, ask_json

WRONG_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
STRANGER = "127.0.0.9"  # an address that no proxy is trusted at


@pytest.fixture
def server(data: Path) -> Iterator[ServeProcess]:
    served = ServeProcess(data)
    yield served
    assert served.stop() == 0


@pytest.fixture
def ann(server: ServeProcess) -> dict[str, Any]:
    """Make a customer."""
    found: dict[str, Any] = ask_json(server.data, "account", "create", "Ann", "--balance", "1")
    return found


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_every_contract_names_a_refused_request_in_its_answer_and_in_one_line(server: ServeProcess, ann):
    calls: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("POST", "/getBalance", {"json": {"clientKey": WRONG_KEY}}, {"reason": "unknown_key", "status": 200}),
        (
            "POST",
            "/getTaskResult",
            {"json": {"clientKey": ann["client_key"], "taskId": 4711}},
            {"reason": "unknown_task", "task_id": 4711, "account_id": ann["account_id"], "cell": 1},
        ),
        ("POST", "/noSuchMethod", {"json": {}}, {"reason": "unknown_method", "path": "/*"}),
        ("GET", "/v1/tasks/4711", {"headers": bearer(WRONG_KEY)}, {"reason": "unknown_key", "path": "/v1/tasks/4711"}),
        (
            "GET",
            "/v1/tasks/4711",
            {"headers": bearer(ann["client_key"])},
            {"reason": "unknown_task", "status": 404, "account_id": ann["account_id"], "task_id": 4711},
        ),
        ("POST", "/v1/nowhere", {}, {"reason": "unknown_call", "path": "/v1/*"}),
        ("POST", f"/v3/recognition/{'ab' * 12}", {"json": {}}, {"reason": "unknown_app", "path": "/v3/recognition/*"}),
        ("POST", "/mcp", {"headers": bearer(WRONG_KEY)}, {"reason": "unknown_key", "status": 401, "path": "/mcp"}),
        ("GET", "/operator/nothing", {}, {"reason": "http_404", "status": 404, "path": "/operator/*"}),
        ("POST", "/login", {"data": {"key": WRONG_KEY}}, {"status": 403, "path": "/login"}),
        ("GET", f"/login/{WRONG_KEY}", {}, {"status": 410, "path": "/login/*"}),
    ]
    for method, path, given, expected in calls:
        reply = httpx.request(method, server.url + path, **given)
        line = one_told(server.data, reply.headers)
        assert {"event": "request_refused", "level": "info", "method": method, **expected}.items() <= line.items(), line
        assert line["status"] == reply.status_code


def test_what_never_became_a_request_has_an_id_and_a_line_too(server: ServeProcess):
    for sent, reason in (
        (b"no http at all\r\n\r\n", "unreadable"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200, "large_head"),
    ):
        reply = asked(server.url, sent)
        assert reply
        assert one_told(server.data, id_of(reply.head))["reason"] == reason


def id_of(head: bytes) -> dict[str, str]:
    (found,) = [line for line in head.decode().split("\r\n") if line.startswith("x-request-id: ")]
    return {"x-request-id": found.removeprefix("x-request-id: ")}


def test_who_is_served_has_an_id_of_their_own_and_no_line(server: ServeProcess, ann):
    with httpx.Client(base_url=server.url) as client:
        replies = [client.post("/getBalance", json={"clientKey": ann["client_key"]}) for _ in range(3)]
        replies += [client.get(path) for path in ("/", "/v1/openapi.json", "/v3/public-key")]
        replies.append(client.get("/v1/balance", headers=bearer(ann["client_key"])))
    assert {reply.status_code for reply in replies} == {200}
    ids = {reply.headers["x-request-id"] for reply in replies}
    assert len(ids) == len(replies)
    assert replies[0].json() == {"errorId": 0, "balance": 1.0}, "and the body is the contract's"
    last = httpx.post(f"{server.url}/getBalance", json={})
    assert one_told(server.data, last.headers)
    assert [line for line in lines(server.data) if line.get("request_id") in ids] == []


def test_a_trusted_proxys_id_is_taken_over_and_nobody_elses(server: ServeProcess):
    named = "Root=1-67891233-abcdef012345678912345678"

    def heard(*headers: bytes, source: str = "127.0.0.1") -> str:
        reply = asked(server.url, post("/getBalance", b"{}", *headers), source)
        assert reply
        return id_of(reply.head)["x-request-id"]

    assert heard(b"X-Request-Id: " + named.encode()) == named.lower(), "`asked` reads heads in lower case"
    wait_until(lambda: bool(told(server.data, named)))
    assert heard(b"x-request-id: " + named.encode(), source=STRANGER) != named.lower()
    for unfit in (b"two words", b"a" * 129, b'"quoted"', b"", b"\xc3\xa9"):
        assert heard(b"x-request-id: " + unfit) not in ("", unfit.decode("latin-1"))


def test_a_fault_is_one_line_with_its_trace_and_the_caller_hears_nothing_of_it(server: ServeProcess, ann):
    dsn = running_dsn(server.data)
    assert dsn
    ask(dsn, "ALTER TABLE result RENAME TO result_away", "SELECT 1")
    task = {"type": "ImageToTextTask", "body": base64.b64encode(jpeg()).decode()}
    made = httpx.post(f"{server.url}/createTask", json={"clientKey": ann["client_key"], "task": task}).json()
    body = {"clientKey": ann["client_key"], "taskId": made["taskId"]}
    calls = [
        httpx.post(f"{server.url}/getTaskResult", json=body),
        httpx.get(f"{server.url}/v1/tasks/{made['taskId']}", headers=bearer(ann["client_key"])),
    ]
    for reply in calls:
        assert reply.status_code == 500
        line = one_told(server.data, reply.headers)
        assert (line["event"], line["level"], line["reason"]) == ("request_failed", "error", "fault")
        assert (line["account_id"], line["cell"], line["task_id"]) == (ann["account_id"], 1, made["taskId"])
        assert "UndefinedTableError" in line["exception"]
        assert "result" not in reply.text
    ask(dsn, "ALTER TABLE result_away RENAME TO result", "SELECT 1")


def test_a_page_that_broke_says_under_which_name_the_log_has_it(server: ServeProcess):
    dsn = running_dsn(server.data)
    assert dsn
    ask(dsn, "ALTER TABLE credential RENAME TO credential_away", "SELECT 1")
    headers = {"accept": "text/html", "cookie": "manyeyes_session=cQ3sVw8yRt1Zx7Kp0LmN2vB5tYs8hJd4"}
    reply = httpx.get(f"{server.url}/operator", headers=headers)
    ask(dsn, "ALTER TABLE credential_away RENAME TO credential", "SELECT 1")
    assert reply.status_code == 500
    assert one_told(server.data, reply.headers)["reason"] == "fault"
    assert reply.headers["x-request-id"] in reply.text
    assert "credential" not in reply.text


def test_who_asks_wrongly_without_end_fills_no_log_and_hides_nobody(server: ServeProcess, ann):
    many = 300
    began = time.monotonic()
    with httpx.Client(base_url=server.url) as client:
        for _ in range(many):
            client.post("/getBalance", json={"clientKey": WRONG_KEY})
        other = client.post("/getTaskResult", json={"clientKey": ann["client_key"], "taskId": 1})
    assert one_told(server.data, other.headers)["reason"] == "unknown_task"

    def counted() -> Counter[str]:
        found: Counter[str] = Counter()
        for line in lines(server.data):
            if line.get("reason") == "unknown_key":
                found[line["event"]] += line.get("lines", 1)
        return found

    wait_until(lambda: counted().total() == many)
    seconds = int(time.monotonic() - began) + 2
    assert counted()["request_refused"] <= MOST_ALIKE * seconds
    metrics = httpx.get(f"{server.ops_url}/metrics").text
    assert f'manyeyes_requests_refused_total{{reason="unknown_key"}} {many}.0' in metrics


def test_who_hangs_up_is_no_fault(server: ServeProcess, ann):
    whole = post("/v1/tasks", b"{" * 100, b"authorization: Bearer " + ann["client_key"].encode())
    with RawConnection(server.url) as connection:
        connection.send(whole[:-50])
    last = httpx.post(f"{server.url}/getBalance", json={})
    assert one_told(server.data, last.headers)
    assert [
        line for line in lines(server.data) if line["event"] == "request_failed" or line.get("path") == "/v1/tasks"
    ] == []
