"""What each verb sends and what comes back, without sending it: both clients are built on these."""

import base64
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from manyeyes_client import calls
from manyeyes_client.calls import Call
from manyeyes_client.errors import ManyeyesError, WrongSettings, WrongSource, problem
from manyeyes_client.messages import Job, Jobs, Report, Taken, Task, Tasks, Upload
from manyeyes_client.money_messages import Balance, Spending, Statement
from manyeyes_client.questions import Question

T = TypeVar("T")
LONGEST_WAIT_SECONDS = 60
ENCODER = msgspec.json.Encoder(decimal_format="string")
Picture = bytes | Path | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One call: ``target`` is path and query; ``wait`` the seconds that the server may hold it; ``reply`` its type."""

    method: str
    target: str
    reply: type[T]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0

    def parse(self, status: int, body: bytes) -> T:
        """Return the reply. Raises a `ProblemError` where it is no success, `ManyeyesError` where it is unreadable."""
        if not 200 <= status < 300:
            raise problem(status, body)
        try:
            return decode(body, self.reply)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ManyeyesError(f"{self.method} {self.target}: the reply is not what it should be: {error}") from error


def decode(data: bytes | str, kind: type[T]) -> T:
    """Return JSON as this type; numbers with a point keep the digits that were typed. Raises msgspec.DecodeError."""
    return msgspec.json.Decoder(kind, float_hook=Decimal).decode(data)


def new_key() -> str:
    """Return an idempotency key that nobody else has."""
    return secrets.token_hex(16)


def build(
    call: Call,
    reply: type[T],
    *,
    places: Sequence[object] = (),
    query: Mapping[str, object] = {},
    body: object = None,
    key: str | None = None,
    wait: float = 0.0,
) -> Request[T]:
    """Return the request of a row of the table of calls; a POST gets a key of its own unless one is given.

    ``places``: what stands in the path's braces, in their order. What is None, in the query or in a body of members,
    is left out.
    """
    filled = iter(places)
    path = re.sub(r"{\w+}", lambda place: quote(str(next(filled)), safe=""), call.path)
    asked = {name: _text(value) for name, value in query.items() if value is not None}
    if unknown := asked.keys() - set(call.query):
        raise TypeError(f"{call.method} {call.path} takes no {sorted(unknown)[0]}")
    headers: dict[str, str] = {}
    if call.method == "POST":
        headers["Idempotency-Key"] = key or new_key()
    if wait > 0:
        headers["Prefer"] = f"wait={min(int(wait) or 1, LONGEST_WAIT_SECONDS)}"
    data = b""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if value is not None}
    if body is not None:
        data = ENCODER.encode(body)
        headers["Content-Type"] = "application/json"
    target = path + (f"?{urlencode(asked)}" if asked else "")
    waits = min(wait, LONGEST_WAIT_SECONDS)
    return Request(method=call.method, target=target, reply=reply, body=data, headers=headers, wait=waits)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def create_task(
    picture: Picture,
    question: Question,
    *,
    queue: str | int | None,
    terms: Mapping[str, object] | None,
    external_id: str | None,
    comment: str | None,
    callback_url: str | None,
    truth: object,
    key: str | None,
    wait: float,
) -> Request[Task]:
    """Return the call that makes a task. Raises `WrongSource` when the picture's file cannot be read."""
    body = {
        **_picture_members(picture),
        "question": question,
        "queue": queue,
        "terms": terms,
        "external_id": external_id,
        "comment": comment,
        "callback_url": callback_url,
        "truth": truth,
    }
    return build(calls.CREATE_TASK, Task, body=body, key=key, wait=wait)


def terms(
    *,
    answers: int | None = None,
    answers_at_most: int | None = None,
    wrong_at_most: float | None = None,
    price_at_most: Decimal | str | None = None,
    uncertain: str | None = None,
    life: int | None = None,
    deadline: datetime | None = None,
) -> dict[str, object] | None:
    """Return the terms that are given; None when there are none.

    Raises `WrongSettings` for a share that is no number: JSON writes it as null, and the task would be on other terms.
    """
    if wrong_at_most is not None and not isfinite(wrong_at_most):
        raise WrongSettings(f"wrong_at_most: {wrong_at_most} is no share")
    given: dict[str, object] = {"answers": answers, "answers_at_most": answers_at_most, "wrong_at_most": wrong_at_most}
    given |= {"price_at_most": price_at_most, "uncertain": uncertain, "life": life, "deadline": deadline}
    return {name: value for name, value in given.items() if value is not None} or None


def _picture_members(picture: Picture) -> dict[str, str]:
    if isinstance(picture, str):
        return {"picture_url": picture}
    try:
        data = picture.read_bytes() if isinstance(picture, Path) else picture
    except OSError as error:
        raise WrongSource(f"{picture!s}: {error.strerror or error}") from error
    return {"picture": base64.b64encode(data).decode("ascii")}


def task(task_id: int, *, wait: float = 0.0) -> Request[Task]:
    """Return the call that looks at a task, for at most ``wait`` seconds until it has ended."""
    return build(calls.TASK, Task, places=(task_id,), wait=wait)


def cancel(task_id: int) -> Request[Task]:
    """Return the call that takes a task back."""
    return build(calls.CANCEL, Task, places=(task_id,))


def report(task_id: int, kind: str, *, key: str | None) -> Request[Report]:
    """Return the call that says that a result is wrong (``complaint``) or right (``praise``)."""
    return build(calls.REPORT, Report, places=(task_id,), body={"kind": kind}, key=key)


def tasks(**query: object) -> Request[Tasks]:
    """Return the call for a page of tasks, or for what changed."""
    return build(calls.TASKS, Tasks, query=query)


def balance() -> Request[Balance]:
    """Return the call for the balance."""
    return build(calls.BALANCE, Balance)


def spending(**query: object) -> Request[Spending]:
    """Return the call for what was spent."""
    return build(calls.SPENDING, Spending, query=query)


def statement(**query: object) -> Request[Statement]:
    """Return the call for every entry of a span."""
    return build(calls.STATEMENT, Statement, query=query)


def create_job(body: dict[str, object], *, key: str | None) -> Request[Job]:
    """Return the call that makes a job."""
    return build(calls.CREATE_JOB, Job, body=body, key=key)


def job(job_id: int) -> Request[Job]:
    """Return the call that looks at a job."""
    return build(calls.JOB, Job, places=(job_id,))


def jobs(**query: object) -> Request[Jobs]:
    """Return the call for a page of jobs."""
    return build(calls.JOBS, Jobs, query=query)


def start(job_id: int, *, key: str | None) -> Request[Job]:
    """Return the call that starts a job."""
    return build(calls.START, Job, places=(job_id,), key=key)


def change(job_id: int, body: dict[str, object]) -> Request[Job]:
    """Return the call that changes a job."""
    return build(calls.CHANGE, Job, places=(job_id,), body=body)


def cancel_job(job_id: int) -> Request[Job]:
    """Return the call that ends a job, which keeps what was answered."""
    return build(calls.CANCEL_JOB, Job, places=(job_id,))


def upload_state(job_id: int, key: str) -> Request[Upload]:
    """Return the call that tells how far an upload came."""
    return build(calls.UPLOAD_STATE, Upload, places=(job_id, key))


def items(job_id: int, key: str, from_line: int) -> Request[Taken]:
    """Return the call that uploads lines of items from a line on; its body is a stream and not in here."""
    query = {"from_line": from_line if from_line > 1 else None}
    request = build(calls.ITEMS, Taken, places=(job_id,), query=query, key=new_key())
    headers = {**request.headers, "Upload-Key": key, "Content-Type": "application/jsonl"}
    return Request(method=request.method, target=request.target, reply=Taken, headers=headers)


def results(job_id: int, form: str) -> Request[bytes]:
    """Return the call for a job's results as ``jsonl``, ``csv`` or ``parquet``; what comes is a stream."""
    call = {"jsonl": calls.RESULTS_JSONL, "csv": calls.RESULTS_CSV, "parquet": calls.RESULTS_PARQUET}[form]
    return build(call, bytes, places=(job_id,))


def events(job_id: int) -> Request[bytes]:
    """Return the call for a job's progress; what comes is a stream."""
    return build(calls.EVENTS, bytes, places=(job_id,))
