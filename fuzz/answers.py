"""What comes back for an input, and what is wrong with it: the rules that no input may break."""

import http.client
import json
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from fuzz.inputs import Input

PATIENCE_SECONDS = 30.0  # of a client; the longest that is waited for, many times over
_EVENTS = "text/event-stream"
_FILES = ("text/csv", "application/jsonl", "application/vnd.apache.parquet")  # of results, and of a statement
_JSON, _PROBLEM = "application/json", "application/problem+json"


class Answered(msgspec.Struct, frozen=True):
    """``status`` 0: the connection was closed without an answer."""

    status: int
    kind: str
    body: bytes
    seconds: float
    is_stalled: bool = False


def send(address: tuple[str, int], sent: Input, names: Mapping[str, str]) -> Answered:
    """Send an input with its names filled in; return what came. Of a stream of events only its head is read."""
    began = time.monotonic()
    try:
        with socket.create_connection(address, timeout=PATIENCE_SECONDS) as peer:
            _write(peer, sent.filled(names).wire(f"{address[0]}:{address[1]}"))
            method = sent.head[0].split(b" ", 1)[0].decode("latin-1")
            with http.client.HTTPResponse(peer, method=method) as response:
                response.begin()
                kind = response.getheader("content-type") or ""
                body = b"" if kind.startswith(_EVENTS) else response.read()
                return Answered(response.status, kind, body, time.monotonic() - began)
    except TimeoutError:
        return Answered(0, "", b"", time.monotonic() - began, is_stalled=True)
    except (OSError, http.client.HTTPException) as error:
        return Answered(0, "", repr(error).encode(), time.monotonic() - began)


def summary(shape: str, answered: Answered) -> str:
    """Return an answer in two words: its status and the contract's own number, for counting."""
    said = _object(answered) or {}
    number: object = ""
    if shape == "anticaptcha":
        number = said.get("errorId", "")
    elif shape == "tupu" and "json" in said:
        number = json.loads(said["json"]).get("code", "")
    return f"{answered.status or 'closed'} {number}".strip()


def fault(shape: str, answered: Answered) -> str:
    """Return what is wrong with an answer in a contract's ``shape``; empty when nothing is.

    ``any``: whatever is no 5xx. The others: docs/contracts/anticaptcha.md#envelope, docs/contracts/tupu.md#exact-bytes,
    docs/decisions/0048-what-is-alike-in-v1.md.
    """
    if answered.is_stalled or answered.seconds > PATIENCE_SECONDS:
        return "stall"
    if answered.status >= 500 and answered.status != 503:
        return f"status {answered.status}"
    if shape == "any":
        return ""
    if not answered.status:
        return "no answer"
    return _SHAPES[shape](answered)


def _anticaptcha(answered: Answered) -> str:
    said = _object(answered)
    if answered.status not in (200, 503) or said is None:
        return f"no envelope ({answered.status}, {answered.kind})"
    number = said.get("errorId")
    if type(number) is not int:
        return "no errorId"
    is_told = all(isinstance(said.get(name), str) and said[name] for name in ("errorCode", "errorDescription"))
    return "" if number == 0 or is_told else "an error without its words"


def _tupu(answered: Answered) -> str:
    said = _object(answered)
    if answered.status not in (200, 503) or said is None or list(said) != ["json", "signature"]:
        return f"no envelope ({answered.status}, {answered.kind})"
    inner = json.loads(said["json"])
    return "" if type(inner.get("code")) is int and isinstance(inner.get("message"), str) else "no code or message"


def _v1(answered: Answered) -> str:
    if answered.status == 204 or answered.kind.startswith(_EVENTS):
        return ""
    if answered.status == 200 and answered.kind.split(";", 1)[0] in _FILES:
        return ""
    is_refused = answered.status >= 400
    said = _object(answered, _PROBLEM if is_refused else _JSON)
    if answered.status == 503:
        return ""
    if said is None:
        return f"no {'problem' if is_refused else 'JSON object'} ({answered.status}, {answered.kind})"
    if is_refused and (said.get("status") != answered.status or not {"type", "refusal", "reason"} <= said.keys()):
        return f"{answered.status} without a reason"
    return ""


_SHAPES = {"anticaptcha": _anticaptcha, "tupu": _tupu, "v1": _v1}


def _object(answered: Answered, kind: str = _JSON) -> dict[str, Any] | None:
    if not answered.kind.startswith(kind):
        return None
    try:
        found = json.loads(answered.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _write(peer: socket.socket, data: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough, and may have answered
        peer.sendall(data)
