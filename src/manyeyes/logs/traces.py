"""OpenTelemetry's spans: a request's, its commands', batches', statements', and the trace that each task has.

A task's trace has ids that are made of its number, so that whichever process enters, shows or ends it says its part
to the same trace, and no row keeps it (docs/decisions/0097). What is told are names and numbers, never a value.
"""

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from manyeyes import __version__
from manyeyes.logs.spans import STEPS, SpanOfAsked, TaskStep
from manyeyes.values.refusals import Refusal

log = structlog.get_logger()
ENTERED = "entered"
LAST_SECONDS = 2.0  # for what is left when the process ends; a receiver that is away keeps nobody
NANOSECONDS = 1_000_000_000
_IDS: ContextVar[tuple[int, int] | None] = ContextVar("ids", default=None)
_CALLERS = TraceContextTextMapPropagator()


class OtelIds(RandomIdGenerator):
    """Chance, but for the first span of a task's trace."""

    def generate_trace_id(self) -> int:
        """Return the task's, else one of chance."""
        given = _IDS.get()
        return given[0] if given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Return the task's, else one of chance."""
        given = _IDS.get()
        return given[1] if given else super().generate_span_id()


class OtelSpanOfAsked:
    """`SpanOfAsked`, as a span of OpenTelemetry's."""

    def __init__(self, span: Span) -> None:
        self.span = span

    def end(self, future: "asyncio.Future[Any]") -> None:
        """End with what the caller is told; of a fault its kind alone."""
        error = None if future.cancelled() else future.exception()
        result = None if error or future.cancelled() else future.result()
        if error is not None:
            _fail(self.span, error)
        elif isinstance(result, Refusal):  # others have reasons too, which people wrote
            self.span.set_attribute("manyeyes.refusal", str(getattr(result.reason, "value", result.reason)))
        self.span.end()


class Traces:
    """What makes spans in this process. ``installation`` is part of tasks' ids: others' are of other traces."""

    def __init__(self, provider: TracerProvider) -> None:
        self.installation = b""
        self._provider = provider
        self._tracer = provider.get_tracer("manyeyes", __version__)

    @contextmanager
    def request(self, name: str, headers: Sequence[tuple[bytes, bytes]]) -> Iterator[Span]:
        """Begin the span of a request, in its caller's trace where that is named."""
        carrier: Mapping[str, str] = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in headers if key in _TRACE_HEADERS
        }
        with self._current(name, _CALLERS.extract(carrier, Context()), SpanKind.SERVER) as span:
            yield span

    def asked(self, name: str) -> OtelSpanOfAsked:
        """Begin the span of a command or a key within what is current."""
        return OtelSpanOfAsked(self._tracer.start_span(name))

    @contextmanager
    def batch(self, name: str, asked: Sequence[SpanOfAsked | None]) -> Iterator[None]:
        """Begin a batch's span: within the first of what it serves, linked with the others.

        What is noted of tasks meanwhile is told when it ends well.
        """
        spans = [each.span for each in asked if isinstance(each, OtelSpanOfAsked)]
        within = trace.set_span_in_context(spans[0], Context()) if spans else Context()
        links = [Link(span.get_span_context()) for span in spans[1:]]
        noted = set[TaskStep]()
        token = STEPS.set(noted)
        try:
            with self._current(f"batch {name}", within, SpanKind.INTERNAL, links) as span:
                span.set_attribute("manyeyes.commands", len(asked))
                yield
            try:
                for step in sorted(noted):
                    self._tell(step, span)
            except Exception:  # the batch is committed: nothing may carry it out again
                log.exception("steps_untold", batch=name)
        finally:
            STEPS.reset(token)

    def statement(self, name: str, seconds: float, error: BaseException | None) -> None:
        """Tell of a statement that has just ended, by its name, within what is current."""
        now = time.time_ns()
        span = self._tracer.start_span(
            name,
            kind=SpanKind.CLIENT,
            start_time=now - int(seconds * NANOSECONDS),
            attributes={"db.system.name": "postgresql", "db.query.summary": name},
        )
        if error is not None:
            _fail(span, error)
        span.end(now)

    def fail(self, span: Span, error: BaseException | None) -> None:
        """Note that a span failed, and by which kind of fault."""
        _fail(span, error)

    def close(self) -> None:
        """Send what is left, for at most `LAST_SECONDS`."""
        sending = threading.Thread(target=self._provider.force_flush, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)

    def task_context(self, cell: int, task_id: int) -> SpanContext:
        """Return where a task's trace begins, whether or not that was told yet."""
        said = hashlib.blake2b(f"{cell} {task_id}".encode(), digest_size=24, key=self.installation).digest()
        trace_id, span_id = int.from_bytes(said[:16], "big"), int.from_bytes(said[16:], "big")
        decision = self._provider.sampler.should_sample(Context(), trace_id, "task").decision
        taken = decision is Decision.RECORD_AND_SAMPLE
        return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(int(taken)))

    def _tell(self, step: TaskStep, cause: Span) -> None:
        """Tell a task's trace what happened, and link both ways with the batch in which it did."""
        of_task = self.task_context(step.cell, step.task_id)
        is_first = step.name == ENTERED
        token = _IDS.set((of_task.trace_id, of_task.span_id) if is_first else None)
        try:
            span = self._tracer.start_span(
                f"task {step.name}",
                Context() if is_first else trace.set_span_in_context(NonRecordingSpan(of_task), Context()),
                kind=SpanKind.PRODUCER if is_first else SpanKind.CONSUMER,
                links=[Link(cause.get_span_context())],
                attributes={"manyeyes.cell": step.cell, "manyeyes.task": step.task_id},
            )
        finally:
            _IDS.reset(token)
        span.end()

    @contextmanager
    def _current(self, name: str, within: Context, kind: SpanKind, links: Sequence[Link] = ()) -> Iterator[Span]:
        """Begin a span that others are within; a fault's text stays here, since it may hold what somebody sent."""
        span = self._tracer.start_span(name, within, kind, links=links)
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield span
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            span.end()


_TRACE_HEADERS = frozenset({b"traceparent", b"tracestate"})


def exported() -> Traces:
    """Return traces that go over OTLP/HTTP to where OpenTelemetry's own variables say."""
    usual = Resource.create({SERVICE_VERSION: __version__})
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = usual if named else usual.merge(Resource({SERVICE_NAME: "manyeyes"}))
    provider = TracerProvider(resource=resource, id_generator=OtelIds(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)


def _fail(span: Span, error: BaseException | None) -> None:
    span.set_status(StatusCode.ERROR)
    if error is not None:
        span.set_attribute("error.type", type(error).__name__)
