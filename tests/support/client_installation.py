"""A running server and a worker at their screen, as the client tests see them."""

import hashlib
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx

from demo.server import Server
from support.real_server import ask_json


def reading(picture: bytes) -> str:
    """Return what the worker answers to a picture: a text that only follows from exactly this file."""
    return hashlib.sha256(picture).hexdigest()[:8]


@dataclass
class Typist:
    """A worker who answers every picture at once; `options_of` keeps the question that came with each reading."""

    address: str
    token: str
    options_of: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Answer until `ended` is set."""
        with httpx.Client(headers={"Authorization": f"Bearer {self.token}"}, timeout=30) as http:
            http.post(f"{self.address}/v1/worker/online", json={}).raise_for_status()
            while not self.ended.is_set():
                reply = http.get(f"{self.address}/v1/worker/next", params={"wait": 1}).raise_for_status()
                if reply.status_code == 200:
                    self._answer(http, reply.json())

    def _answer(self, http: httpx.Client, lease: dict[str, Any]) -> None:
        text = reading(http.get(urljoin(self.address, lease["task"]["image_url"])).content)
        self.options_of[text] = lease["task"]["options"]
        body = {"lease": lease["lease"], "answer": {"text": text}}
        http.post(f"{self.address}/v1/worker/answers", json=body).raise_for_status()


@dataclass(frozen=True)
class Installation:
    """A running server with a worker at their screen."""

    server: Server
    typist: Typist

    @property
    def host(self) -> str:
        """Return what a client is given as its host."""
        return f"127.0.0.1:{self.server.port}"

    def open_account(self, balance: str) -> str:
        """Open a customer account and return its client key."""
        made = ask_json(self.server.data, "account", "create", "Client test", "--balance", balance)
        return str(made["client_key"])

    def balance(self, key: str) -> float:
        """Ask the server itself, past all client libraries."""
        return float(httpx.post(f"http://{self.host}/getBalance", json={"clientKey": key}).json()["balance"])

    def reports(self, key: str) -> list[dict[str, Any]]:
        """Ask the server itself what became of the account's reports, the newest first."""
        headers = {"Authorization": f"Bearer {key}"}
        reply = httpx.get(f"http://{self.host}/v1/reports", headers=headers).raise_for_status()
        found: list[dict[str, Any]] = reply.json()["reports"]
        return found
