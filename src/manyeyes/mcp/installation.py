"""What the tools need of an installation: four calls of /v1, made in this process or over the network.

The edge knows tasks as /v1 tells of them (docs/reference/v1/tasks.md), and nothing behind them.
"""

from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

State = Literal["draft", "waiting", "answering", "paused", "done", "failed", "cancelled"]
ENDED = frozenset({"done", "failed", "cancelled"})


class ToldResult(msgspec.Struct, frozen=True, kw_only=True):
    """The member ``result`` of a task; ``kept``: whether the answer is still there."""

    value: Any
    text: str | None
    answers: int = 1
    confidence: float | None = None
    uncertain: bool = False
    kept: bool = True


class ToldFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The member ``failure`` of a task."""

    reason: str
    detail: str = ""


class ToldTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task of /v1, as far as the tools look at it."""

    id: int
    state: State
    created_at: datetime
    ended_at: datetime | None = None
    result: ToldResult | None = None
    failure: ToldFailure | None = None
    price: str
    cost: str
    external_id: str = ""


class Problem(Exception):
    """What /v1 refused: ``reason`` is its word (such as "price_too_low"), ``detail`` its sentences."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class Installation(Protocol):
    """Calls /v1 with one client key. Every method raises `Problem` for what is refused."""

    @property
    def secret(self) -> bytes:
        """Return what only the caller and the installation know: the client key."""
        ...

    async def make(self, body: bytes, key: str) -> ToldTask:
        """Make a task of a JSON body; the same ``key`` (visible ASCII) with the same body makes it once."""
        ...

    async def newest(self, external_id: str) -> ToldTask | None:
        """Return the newest task with this `external_id`; None when there is none."""
        ...

    async def task(self, task_id: int, wait_seconds: float) -> ToldTask:
        """Return a task when it has ended or ``wait_seconds`` (at most 60) are over."""
        ...

    async def cancel(self, task_id: int) -> None:
        """Cancel a task that waits."""
        ...


def read_problem(status: int, body: bytes) -> Problem:
    """Return the problem that a reply of /v1 tells of (RFC 9457); what is wrong with which member comes with it."""
    try:
        told = msgspec.json.decode(body, type=_ProblemReply)
    except msgspec.DecodeError:
        return Problem("failed", f"the installation answered with status {status}")
    wrong = [f"{error.pointer}: {error.detail}" if error.pointer else error.detail for error in told.errors]
    return Problem(told.refusal or "failed", "; ".join([told.detail or told.reason or f"status {status}", *wrong]))


class _ProblemFault(msgspec.Struct):
    detail: str = ""
    pointer: str = ""


class _ProblemReply(msgspec.Struct):
    refusal: str = ""
    reason: str = ""
    detail: str = ""
    errors: list[_ProblemFault] = []
