"""The span of a request: named by its method and its path as the log may show it, with a star for each number."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol

from manyeyes.logs.request_note import RequestNote
from manyeyes.server.shown_path import shown_path

if TYPE_CHECKING:
    from manyeyes.logs.traces import Traces


class Traced(Protocol):
    """What is told of a request; ``status`` 0: no reply was begun."""

    scope: dict[str, Any]
    note: RequestNote
    status: int


async def in_span(traces: "Traces", asked: Traced, answering: Awaitable[None]) -> None:
    """Have a request answered within a span of its own."""
    method = asked.scope["method"]
    with traces.request(method, asked.scope["headers"]) as span:
        span.set_attribute("manyeyes.request_id", asked.note.request_id)
        await answering
        path = shown_path(asked.scope)
        span.update_name(f"{method} {'/'.join('*' if part.isdigit() else part for part in path.split('/'))}")
        span.set_attributes({"http.request.method": method, "url.path": path})
        if asked.status:
            span.set_attribute("http.response.status_code", asked.status)
        if asked.note.reason:
            span.set_attribute("manyeyes.refusal", asked.note.reason)
        if asked.note.fault is not None or asked.status >= 500:
            traces.fail(span, asked.note.fault)
