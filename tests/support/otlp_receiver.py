"""A receiver of OpenTelemetry's traces on loopback: OTLP over HTTP, as collectors take it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class ToldSpan(NamedTuple):
    """A span as it came; ``links``: the traces and spans that it is linked with."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    links: list[tuple[str, str]]
    is_error: bool


class OtlpReceiver:
    """``spans``: all that came; ``raw``: the bytes of it, unpacked; ``paths``: where it was sent."""

    def __init__(self) -> None:
        self.spans: list[ToldSpan] = []
        self.resource: dict[str, Any] = {}
        self.raw = b""
        self.paths: set[str] = set()
        self.url = ""

    def take(self, path: str, body: bytes) -> None:
        """Read a request as a collector does."""
        request = ExportTraceServiceRequest.FromString(body)
        self.paths.add(path)
        self.raw += body
        for resource in request.resource_spans:
            self.resource = {each.key: _value(each.value) for each in resource.resource.attributes}
            self.spans += [_told(span) for scope in resource.scope_spans for span in scope.spans]

    def named(self, name: str) -> list[ToldSpan]:
        """Return the spans of a name, in the order in which they came."""
        return [span for span in self.spans if span.name == name]


@contextmanager
def receiving() -> Iterator[OtlpReceiver]:
    """Yield a receiver that listens at its `url`."""
    found = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.take(self.path, gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _told(span: Any) -> ToldSpan:
    return ToldSpan(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        {each.key: _value(each.value) for each in span.attributes},
        [(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        span.status.code == 2,
    )


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))
