"""Traces as a collector gets them: from the edge to the statement, and over the queue to the worker's answer."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.action_stage import PICTURE
from support.embedded_owners import wait_until
from support.otlp_receiver import OtlpReceiver, ToldSpan, receiving
from support.real_server import COMMAND, ServeProcess, ask_json, environment

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
QUESTION, ANSWER = "a question that nobody else reads", "ANSWERTEXT"
CUSTOMER, WORKER = "Annabel of a long name", "Adalbert of a long name"
LOADED = "import manyeyes.server.serving_process, sys; print([m for m in sys.modules if 'opentelemetry' in m])"
HIDDEN = "import sys; sys.modules['opentelemetry.exporter'] = None; from manyeyes.cli.main import main; main()"


def sent_to(url: str) -> dict[str, Any]:
    return {"MANYEYES_TRACES": "1", "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "100"}


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with receiving() as found:
        yield found


def test_a_trace_leads_from_the_call_to_its_statements_and_over_the_queue_to_the_answer(data, receiver):
    server = ServeProcess(data, **sent_to(receiver.url))
    try:
        key = ask_json(data, "account", "create", CUSTOMER, "--balance", "5.00")["client_key"]
        token = ask_json(data, "worker", "create", WORKER, "--queue", "1")["token"]
        worker = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=60)
        worker.post("/v1/worker/online").raise_for_status()
        body = base64.b64encode(PICTURE.data).decode()
        made = httpx.post(
            f"{server.url}/createTask",
            json={"clientKey": key, "task": {"type": "ImageToTextTask", "body": body, "comment": QUESTION}},
            headers={"traceparent": f"00-{TRACE}-{CALLER}-01"},
        )
        lease = worker.get("/v1/worker/next?wait=20").json()["lease"]
        worker.post("/v1/worker/answers", json={"lease": lease, "answer": {"text": ANSWER}}).raise_for_status()
        wait_until(lambda: bool(receiver.named("task ended")))
        refused = httpx.get(f"{server.url}/login/a-secret-of-a-link")
        wait_until(lambda: bool(receiver.named("GET /login/*")))
    finally:
        server.stop()
        worker.close()

    # From the edge to the statement, in the caller's trace.
    (request,) = receiver.named("POST /createTask")
    assert (request.trace_id, request.parent_id) == (TRACE, CALLER)
    assert request.attributes["manyeyes.request_id"] == made.headers["x-request-id"]
    assert request.attributes["http.response.status_code"] == 200
    (asked,) = receiver.named("submit_tasks")
    (batch,) = receiver.named("batch submit_tasks")
    assert (asked.trace_id, asked.parent_id) == (TRACE, request.span_id)
    assert (batch.trace_id, batch.parent_id) == (TRACE, asked.span_id)
    assert any("tasks.insert_tasks" in each.name for each in within(receiver, batch))

    # Over the queue: the task's own trace, linked with what made each step happen.
    (entered,) = receiver.named("task entered")
    (shown,), (ended,) = receiver.named("task handed_out"), receiver.named("task ended")
    assert entered.parent_id == ""
    assert {(each.trace_id, each.parent_id) for each in (shown, ended)} == {(entered.trace_id, entered.span_id)}
    assert entered.links == [(TRACE, batch.span_id)]
    (answered,) = receiver.named("POST /v1/worker/answers")
    assert ended.links[0][0] == answered.trace_id
    assert shown.links[0][0] != ended.links[0][0]

    # Nothing of what anybody sent.
    (link,) = receiver.named("GET /login/*")
    assert link.attributes["http.response.status_code"] == refused.status_code
    for secret in (key, token, QUESTION, ANSWER, "a-secret-of-a-link", CUSTOMER, WORKER, body[:40], "INSERT INTO"):
        assert secret.encode() not in receiver.raw, secret
    assert receiver.paths == {"/v1/traces"}
    assert receiver.resource["service.name"] == "manyeyes"


def within(receiver: OtlpReceiver, outer: ToldSpan) -> list[ToldSpan]:
    return [span for span in receiver.spans if span.parent_id == outer.span_id]


def test_a_receiver_that_is_away_keeps_nobody(data):
    server = ServeProcess(data, **sent_to("http://127.0.0.1:9"))
    assert httpx.get(f"{server.url}/v1/openapi.json").is_success
    assert server.stop() == 0


def test_without_what_traces_need_serving_says_so_in_a_sentence(tmp_path):
    command = [sys.executable, "-c", HIDDEN, "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    done = subprocess.run(command, env=environment(MANYEYES_TRACES="1"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "manyeyes: MANYEYES_TRACES needs the module opentelemetry.exporter.otlp, which is not installed: "
        "pip install 'manyeyes[traces]'\n"
    )
    assert not (tmp_path / "data").exists()


def test_off_nothing_of_it_is_loaded():
    done = subprocess.run([sys.executable, "-c", LOADED], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_value_that_is_neither_on_nor_off_is_refused(tmp_path):
    done = subprocess.run(
        [*COMMAND, "serve", "--data", str(tmp_path / "data"), "--port", "0"],
        env=environment(MANYEYES_TRACES="2"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "MANYEYES_TRACES" in done.stderr
