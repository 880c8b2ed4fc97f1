"""A request's body in any of the contract's three dialects, read while it comes (spec/tupu.md §2.3, §5.2)."""

import re
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from manyeyes.refusals import Reason, Refusal
from manyeyes.tupu.multipart import Multipart, boundary_of
from manyeyes.tupu.parameters import KNOWN, Parameters, Value

LARGEST_BODY = 30_000_000  # spec §5.3
LARGEST_FORM = 1_000_000  # of an urlencoded one, which carries addresses and no pictures
LARGEST_DRAINED = 64_000_000  # read and thrown away, so that the client hears the answer
MOST_FIELDS = 1_000
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_string = msgspec.json.Decoder(str)
_SUBSCRIPT = re.compile(r"\[\d*\]$")  # PHP's own way to write a list in a form


class Reader(Protocol):
    """Takes the body piece by piece; `parameters` raises ValueError when it cannot be read."""

    def write(self, part: bytes) -> None: ...

    def parameters(self) -> Parameters: ...


async def read_parameters(receive: Any, content_type: str) -> Parameters | Refusal:
    """Return the request's parameters, or the refusal: too big, or unreadable.

    What is too big is read on and thrown away. Raises nothing when the client hangs up: nobody hears the answer.
    """
    try:
        boundary = boundary_of(content_type)
    except ValueError as error:
        await drain(receive)
        return Refusal(Reason.UNREADABLE, str(error))
    reader: Reader = Multipart(boundary) if boundary else _Whole("json" in content_type.lower())
    fault = ""
    size = 0
    async for part in _parts(receive):
        size += len(part)
        if size > LARGEST_DRAINED:
            break
        if size <= LARGEST_BODY and not fault:
            fault = _written(reader, part)
    if size > LARGEST_BODY:
        return Refusal(Reason.PICTURE_TOO_BIG, f"a body has at most {LARGEST_BODY} bytes")
    return Refusal(Reason.UNREADABLE, fault) if fault else _finished(reader)


async def drain(receive: Any) -> None:
    """Read a body that nobody wants, so that the client, who sends before he listens, hears the answer."""
    size = 0
    async for part in _parts(receive):
        size += len(part)
        if size > LARGEST_DRAINED:
            return


async def _parts(receive: Any) -> Any:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _written(reader: Reader, part: bytes) -> str:
    try:
        reader.write(part)
    except ValueError as error:
        return str(error)
    return ""


def _finished(reader: Reader) -> Parameters | Refusal:
    try:
        return reader.parameters()
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))


class _Whole:
    """JSON or an urlencoded form: which of them the first character tells, as not every client names the type."""

    def __init__(self, is_json: bool) -> None:
        self._is_json = is_json
        self._raw = bytearray()

    def write(self, part: bytes) -> None:
        self._raw += part

    def parameters(self) -> Parameters:
        text = bytes(self._raw.removeprefix(b"\xef\xbb\xbf").strip())
        if self._is_json or text.startswith((b"{", b"[")):
            return Parameters(_of_json(text))
        return Parameters(_of_form(text))


def _of_json(text: bytes) -> list[tuple[str, Value]]:
    """Return the known members. A number is its token as it stands there: a signature may be over that text."""
    try:
        members = _members.decode(text)
        return [(name, value) for name in members if name in KNOWN for value in _json_values(bytes(members[name]))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _json_values(raw: bytes) -> Iterator[Value]:
    if raw.startswith(b"["):
        for item in _items.decode(raw):
            yield from _json_value(bytes(item))
    else:
        yield from _json_value(raw)


def _json_value(raw: bytes) -> Iterator[Value]:
    if raw.startswith(b'"'):
        yield _string.decode(raw)
    elif raw.startswith((b"{", b"[")):
        raise ValueError("an object or a list stands where a text is wanted")
    elif raw != b"null":
        yield raw.decode("ascii")


def _of_form(text: bytes) -> list[tuple[str, Value]]:
    if len(text) > LARGEST_FORM:
        raise ValueError(f"an urlencoded form has at most {LARGEST_FORM} bytes; pictures come as multipart/form-data")
    try:
        pairs = parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise ValueError("it is no UTF-8") from error
    return [(_SUBSCRIPT.sub("", name), value) for name, value in pairs]
