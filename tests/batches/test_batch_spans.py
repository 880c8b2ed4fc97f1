"""Spans of batches: one serves many commands, and what it made of tasks is told once that is committed."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from manyeyes.actions.forget_secrets import ForgetSecrets
from manyeyes.logs import spans
from manyeyes.logs.traces import OtelIds, Traces
from manyeyes.runtime.context import Context


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Return what is told of from now on in this process."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(id_generator=OtelIds(), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(spans, "_on", [Traces(provider)])
    return exporter


async def enter_a_task(tx: Any, now: datetime, commands: Sequence[ForgetSecrets]) -> list[int]:
    spans.note_steps("entered", 1, [7])
    return [len(commands) for _ in commands]


async def enter_a_task_and_fail(tx: Any, now: datetime, commands: Sequence[ForgetSecrets]) -> list[int]:
    spans.note_steps("entered", 1, [7])
    raise LookupError("a sentence that quotes what somebody sent")


def named(told: InMemorySpanExporter, name: str) -> list[Any]:
    return [span for span in told.get_finished_spans() if span.name == name]


async def test_a_batch_is_within_its_first_command_and_linked_with_the_others(context: Context, told):
    await asyncio.gather(*(context.batcher.ask(enter_a_task, ForgetSecrets(1)) for _ in range(4)))
    asked = [span.context.span_id for span in named(told, "enter_a_task")]
    batches = named(told, "batch enter_a_task")
    served = [span.parent.span_id for span in batches]
    served += [link.context.span_id for span in batches for link in span.links]
    assert sorted(served) == sorted(asked)
    entered = named(told, "task entered")
    assert {span.links[0].context.span_id for span in entered} == {span.context.span_id for span in batches}
    assert {(span.context.trace_id, span.context.span_id) for span in entered} == {
        (where.trace_id, where.span_id) for where in [spans.traces().task_context(1, 7)]
    }


async def test_what_is_not_committed_is_not_told_and_a_fault_is_told_by_its_kind(context: Context, told):
    with pytest.raises(LookupError):
        await context.batcher.ask(enter_a_task_and_fail, ForgetSecrets(1))
    assert named(told, "task entered") == []
    (batch,), (asked,) = named(told, "batch enter_a_task_and_fail"), named(told, "enter_a_task_and_fail")
    for span in (batch, asked):
        assert (span.attributes["error.type"], span.status.description, span.events) == ("LookupError", None, ())
