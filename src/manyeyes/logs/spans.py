"""Where OpenTelemetry's spans begin, for those who want them (docs/reference/traces.md).

Off, which is usual, nothing of OpenTelemetry is loaded, and whoever could begin a span asks `traces()` and goes on.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from manyeyes.logs.traces import Traces

NEEDED = "opentelemetry.exporter.otlp.proto.http"
MISSING = "MANYEYES_TRACES needs the module {}, which is not installed: pip install 'manyeyes[traces]'"
STEPS: ContextVar["set[TaskStep] | None"] = ContextVar("steps", default=None)
_on: "list[Traces]" = []
_UNTRACED = nullcontext()


class SpanOfAsked(Protocol):
    """The span of a command or a key, from its coming to its answer."""

    def end(self, future: "asyncio.Future[Any]") -> None:
        """End it with what the caller is told."""


class Awaited(Protocol):
    """A command or a key that is served in a batch."""

    span: SpanOfAsked | None


class TaskStep(NamedTuple):
    """What happened to a task: ``name`` is a word out of few."""

    name: str
    cell: int
    task_id: int


def traces() -> "Traces | None":
    """Return what makes spans; None where nobody wants them."""
    return _on[0] if _on else None


def check_traces() -> None:
    """Raise ValueError, with a sentence, where what spans need is not installed."""
    try:
        import_module(NEEDED)
    except ModuleNotFoundError as error:
        raise ValueError(MISSING.format(error.name)) from error


def turn_on() -> None:
    """Have spans made in this process from now on, and sent to where OpenTelemetry's own variables say."""
    _on[:] = [import_module("manyeyes.logs.traces").exported()]


def asked(name: str, future: "asyncio.Future[Any]") -> SpanOfAsked | None:
    """Begin the span of what somebody waits for, which ends with the future; None where nobody wants spans."""
    if not _on:
        return None
    begun = _on[0].asked(name)
    future.add_done_callback(begun.end)
    return begun


def batch_span(name: str, served: Sequence[Awaited]) -> AbstractContextManager[None]:
    """Return the span of a batch, to be entered: what is noted of tasks within is told when it ends well."""
    return _on[0].batch(name, [each.span for each in served]) if _on else _UNTRACED


def note_steps(name: str, cell: int, task_ids: Iterable[int]) -> None:
    """Note what an action makes happen to tasks; it is told once that is committed."""
    noted = STEPS.get()
    if noted is not None:
        noted.update(TaskStep(name, cell, task_id) for task_id in task_ids)


def forget_steps() -> None:
    """Forget what was noted: the action begins, or begins anew."""
    noted = STEPS.get()
    if noted:
        noted.clear()
