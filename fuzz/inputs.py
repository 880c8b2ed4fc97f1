"""One input: a request as it goes over the wire, or a file. Kept as a file of its own, readable where it is text.

What only one installation knows stands in it by name, as in ``{{client_key}}``, and is filled in when it is sent.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

_NAMED = re.compile(rb"\{\{(\w+)\}\}")


class Input(msgspec.Struct, frozen=True):
    """``head``: the request line without its version, then header lines. A Host and a length are added."""

    head: tuple[bytes, ...]
    body: bytes = b""

    @property
    def file(self) -> bytes:
        """Return the input as a file keeps it: a blank line parts the head from the body."""
        return b"\n".join([*self.head, b"", self.body])

    def filled(self, names: Mapping[str, str]) -> "Input":
        """Return the input with what it names; unknown names stay."""

        def fill(text: bytes) -> bytes:
            return _NAMED.sub(lambda found: names.get(found[1].decode(), found[0].decode()).encode(), text)

        return Input(tuple(map(fill, self.head)), fill(self.body))

    def wire(self, host: str) -> bytes:
        """Return the bytes to send. Head lines that would be two are one: the peer, not the writer, is on trial."""
        request, *lines = [line.replace(b"\r", b"").replace(b"\n", b"") for line in self.head]
        given = {line.split(b":", 1)[0].strip().lower() for line in lines}
        if b"host" not in given:
            lines.append(b"Host: " + host.encode())
        if not given & {b"content-length", b"transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([request + b" HTTP/1.1", *lines, b"Connection: close", b"", self.body])


def request(method: str, path: str, body: bytes = b"", /, **headers: str) -> Input:
    """Return a request; a header's underscores become hyphens."""
    lines = [f"{name.replace('_', '-')}: {value}".encode("utf-8", "replace") for name, value in headers.items()]
    return Input((f"{method} {path}".encode("utf-8", "replace"), *lines), body)


def named(name: str) -> str:
    """Return how an input says what only the installation knows."""
    return f"{{{{{name}}}}}"


def read(path: Path) -> Input:
    """Return the input that a file keeps."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    return Input(tuple(head.split(b"\n")), body)
