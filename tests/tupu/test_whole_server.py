"""A whole installation: apps from the command line, calls over its port, its processes killed in between."""

import base64
import http.client
import json
import os
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from support import factories
from support.embedded_owners import wait_until
from support.real_server import ServeProcess, ask_json
from support.signed_customer import check_envelope, signature_of

pytestmark = pytest.mark.faults
PICTURE = base64.b64encode(factories.picture_bytes("one")).decode()


class Place:
    """A running server, an app that the command line made, and its key as it was printed."""

    def __init__(self, server: ServeProcess, app: dict[str, Any], task_id: str) -> None:
        self.server, self.sid, self.task_id = server, app["secret_id"], task_id
        key = load_pem_private_key(app["private_key_pkcs8"].encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        self.public_key = httpx.get(f"{server.url}/v3/public-key").text

    def signed(self) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), repr(random.random())
        signature = signature_of(f"{self.sid},{timestamp},{nonce}", self._key)
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature}

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.server.url}{path}{self.sid}", json=body, timeout=60)

    def said(self, body: bytes) -> dict[str, Any]:
        return json.loads(check_envelope(body, self.public_key))

    def counted(self) -> int:
        """What the statistics of today tell, whatever day it is in the app's zone."""
        days = {"startDate": time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400)), "taskId": self.task_id}
        body = {**self.signed(), **days, "endDate": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))}
        said = self.said(self.post("/v3/management/statistics/secret-task/", body).content)
        return sum(day["total"] for day in said["data"])


@pytest.fixture
def place(data: Path) -> Iterator[Place]:
    server = ServeProcess(data)
    try:
        ask_json(server.data, "account", "create", "Shop", "--balance", "10")
        app = ask_json(server.data, "app", "create", "Shop pictures", "--account", "Shop", "--bits", "1024")
        given = ("--recogniser", "people", "--labels", "0=normal,1=qr code,2=text", "--review-queue", "1")
        made = ask_json(server.data, "recognition", "create", app["secret_id"], *given)
        yield Place(server, app, made["task_id"])
    finally:
        server.stop()


def test_a_client_that_expects_100_continue_over_the_real_port(place: Place) -> None:
    body = json.dumps({**place.signed(), "images": [PICTURE]}).encode()
    head = [
        f"POST /v3/recognition/image/sync/base64/{place.sid} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Expect: 100-continue",
    ]
    with socket.create_connection(("127.0.0.1", place.server.port), 60) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode())
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(body)
        reply = http.client.HTTPResponse(line)
        reply.begin()
        assert place.said(reply.read())["code"] == 0
    assert place.counted() == 1


def test_a_re_send_after_the_serving_process_was_killed_hears_the_same_and_is_counted_once(place: Place) -> None:
    body = {**place.signed(), "images": [PICTURE]}
    path = "/v3/recognition/image/sync/base64/"
    first = place.post(path, body)
    assert place.said(first.content)[place.task_id]["reviewCount"] == 1
    (before,) = place.server.serving_pids()
    place.server.kill("serving")
    wait_until(lambda: place.server.serving_pids() not in ([], [before]))
    assert not os.path.exists(f"/proc/{before}")
    again = place.post(path, body)
    assert again.content == first.content  # the signing key is the installation's, not the process's
    assert place.counted() == 1
    assert ask_json(place.server.data, "db", "check")


def test_a_call_waits_for_a_database_that_was_killed(place: Place) -> None:
    place.server.kill("postmaster")
    reply = place.post("/v3/recognition/image/sync/base64/", {**place.signed(), "images": [PICTURE]})
    assert (reply.status_code, place.said(reply.content)["code"]) == (200, 0)
    assert place.counted() == 1
