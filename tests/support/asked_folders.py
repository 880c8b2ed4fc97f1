"""A served installation with a worker who answers every kind of question, and `manyeyes ask` beside it."""

import io
import json
import subprocess
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from PIL import Image

from manyeyes_client import Client
from support.embedded_owners import LONG_ENOUGH_SECONDS
from support.forked_commands import run_forked
from support.made_pictures import END, chunk, head, png, rows
from support.real_server import COMMAND, ServeProcess, ask_json, environment
from support.terminals import at_terminal

Read = Callable[[bytes, dict[str, Any]], str | None]
UNSURE = 1 << 23  # a picture of this number, or a larger one, is skipped by everybody


def pictures(folder: Path, count: int, first: int = 0) -> Path:
    """Fill a folder with pictures that are all different; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        (folder / f"{number:03}.png").write_bytes(picture(number))
    return folder


def picture(number: int) -> bytes:
    """Return a picture that is like no other number's: its first pixel says it."""
    drawn = bytearray(rows())
    drawn[1:4] = number.to_bytes(3, "big")
    return png(head(), chunk(b"IDAT", zlib.compress(drawn)), END)


def drawn_number(data: bytes) -> int:
    """Return the number of a picture that `picture` made, from its pixels: workers see nothing else."""
    with Image.open(io.BytesIO(data)) as opened:
        return int.from_bytes(bytes(opened.convert("RGB").getpixel((0, 0))), "big")  # type: ignore[arg-type]


def number_of(data: bytes) -> str:
    """Return what a worker reads as the number in a picture."""
    return f"{drawn_number(data)}.50"


def read_drawn(data: bytes, options: dict[str, Any]) -> str | None:
    """Read a picture that `picture` made; None: nobody can."""
    return given(data, options) if drawn_number(data) < UNSURE else None


def given(data: bytes, options: dict[str, Any]) -> str:
    """Return the text that the worker's screen sends for a picture and a question."""
    kind = options.get("kind", "text")
    if kind == "fields":
        return json.dumps({each["name"]: json.loads(_as_json(given(data, each), each)) for each in options["fields"]})
    if kind == "number":
        return number_of(data)
    if kind == "label":
        return str(options["labels"][drawn_number(data) % len(options["labels"])])
    return json.dumps(options["labels"][:2]) if kind == "labels" else f"read {drawn_number(data)}"


def _as_json(text: str, options: dict[str, Any]) -> str:
    return text if options["kind"] == "labels" else json.dumps(text)


@dataclass
class AskedWorker:
    """Answers until it is ended, and only while ``may_answer`` is set; ``seen``: how often each picture."""

    url: str
    token: str
    read: Read
    seen: dict[bytes, int] = field(default_factory=dict)
    may_answer: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Answer whatever lies on the desk; skip what nobody can read. A server that is away comes back."""
        with httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30) as http:
            while not self.ended.is_set():
                try:
                    self._turn(http)
                except (httpx.TransportError, httpx.HTTPStatusError):
                    self.ended.wait(0.1)

    def _turn(self, http: httpx.Client) -> None:
        if not self.may_answer.wait(0.2):
            return
        reply = http.get("/v1/worker/next", params={"wait": 1})
        if reply.status_code == 409:
            http.post("/v1/worker/online", json={}).raise_for_status()
        elif reply.raise_for_status().status_code == 200:
            self._answer(http, reply.json())

    def _answer(self, http: httpx.Client, lease: dict[str, Any]) -> None:
        data = http.get(urljoin(self.url, lease["task"]["image_url"])).raise_for_status().content
        self.seen[data] = self.seen.get(data, 0) + 1
        body: dict[str, Any] = {"lease": lease["lease"]}
        text = self.read(data, lease["task"]["options"])
        if text is None:
            http.post("/v1/worker/skips", json={**body, "reason": "unreadable"}).raise_for_status()
        else:
            http.post("/v1/worker/answers", json={**body, "answer": {"text": text}}).raise_for_status()


@dataclass(frozen=True)
class Told:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class AskedHouse:
    """A server, its worker, and customers who ask."""

    server: ServeProcess
    worker: AskedWorker

    @property
    def url(self) -> str:
        """Return where the server is."""
        return self.server.url

    def key(self, balance: str = "1.00") -> str:
        """Return the client key of a new customer's."""
        return str(ask_json(self.server.data, "account", "create", "Asker", "--balance", balance)["client_key"])

    def client(self, key: str) -> Client:
        """Return a client of the package's for a customer."""
        return Client(self.url, key)

    def ask(self, key: str, *words: object, **settings: str) -> Told:
        """Run ``manyeyes ask`` with nobody at a terminal; return how it ended."""
        told = {"MANYEYES_URL": self.url, "MANYEYES_KEY": key, **settings}
        done = run_forked(["ask", *map(str, words)], environment(**told), 4 * LONG_ENOUGH_SECONDS)
        return Told(done.returncode, done.stdout, done.stderr)

    def start_ask(self, key: str, *words: object) -> "subprocess.Popen[str]":
        """Start ``manyeyes ask`` in a process of its own, to be stopped or killed."""
        return subprocess.Popen(
            [*COMMAND, "ask", *map(str, words)],
            env=environment(MANYEYES_URL=self.url, MANYEYES_KEY=key),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask_at_terminal(self, key: str, typed: str, *words: object, folder: Path | None = None) -> Told:
        """Run ``manyeyes ask`` at a terminal where somebody answers when asked; `out` is all that it prints."""
        told = environment(MANYEYES_URL=self.url, MANYEYES_KEY=key, COLUMNS="100", TERM="xterm-256color")
        return Told(*at_terminal([*COMMAND, "ask", *map(str, words)], told, folder, typed), "")
