"""A request's body in any of the contract's three dialects, read while it comes (docs/contracts/tupu.md#request)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from manyeyes.tupu.memory_budget import HeldMemory
from manyeyes.tupu.multipart import Multipart, boundary_of
from manyeyes.tupu.parameter_names import DECIDING, known_name
from manyeyes.tupu.parameters import Parameters, Value
from manyeyes.values.refusals import Reason, Refusal

LARGEST_BODY = 30_000_000  # docs/contracts/tupu.md#limits
LARGEST_FORM = 1_000_000  # of an urlencoded one, which carries addresses and no pictures
LARGEST_DRAINED = 64_000_000  # read and thrown away, so that the client hears the answer
LONGEST_SECONDS = 60.0  # clients give up after 30 (docs/contracts/tupu.md#trust), and others need the room
MOST_FIELDS = 1_000
LONGEST_TYPE = 500  # characters of a Content-Type
MOST_COMMAS = 100_000  # in a list: so many values are made of it before anybody's signature was seen
MOST_COLONS = 10_000  # in JSON: so many members are made of it; addresses have one each
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_string = msgspec.json.Decoder(str)
_JSON_BEGINS = re.compile(rb"\s*[{\[]")


class BrokenOff(Exception):
    """The client hung up before the end of the body."""


class Reader(Protocol):
    """Takes the body piece by piece; both raise ValueError when it cannot be read."""

    def write(self, part: bytes) -> None:
        """Take the next piece of the body."""

    def parameters(self) -> Parameters:
        """Return what came, once the body is complete."""


class Incoming:
    """A body on its way, as the server hands it over, piece by piece."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._is_over = False

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield what is left. Raises `BrokenOff`: half a form would be another question."""
        while not self._is_over:
            message = await self._receive()
            self._is_over = not message.get("more_body", False)
            if message["type"] != "http.request":
                raise BrokenOff
            yield message.get("body", b"")

    async def drain(self) -> None:
        """Drop what is left, so that the client, who sends before they listen, hears the answer."""
        size = 0
        with suppress(BrokenOff):
            async for part in self.parts():
                size += len(part)
                if size > LARGEST_DRAINED:
                    return


async def read_parameters(incoming: Incoming, content_type: str, share: HeldMemory) -> Parameters | Refusal:
    """Return the request's parameters, or the refusal: too big (14), no room (17), unreadable, broken off or slow (15).

    A refused body is read to its end and dropped, as its client listens only then.
    """
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            heard = await _heard(incoming, content_type, share)
            await incoming.drain()  # not when it was cancelled: that would wait on
            return heard
    except TimeoutError:
        return Refusal(Reason.UNREADABLE, f"it took more than {LONGEST_SECONDS:g} s")


async def _heard(incoming: Incoming, content_type: str, share: HeldMemory) -> Parameters | Refusal:
    try:
        if len(content_type) > LONGEST_TYPE:  # its options are read one by one
            raise ValueError(f"a Content-Type has at most {LONGEST_TYPE} characters")
        boundary = boundary_of(content_type)
        reader: Reader = Multipart(boundary) if boundary else _Whole("json" in content_type.lower())
        refusal = await _read(incoming, reader, share)
        return refusal or reader.parameters()
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error))
    except BrokenOff:
        return Refusal(Reason.UNREADABLE, "it broke off")


async def _read(incoming: Incoming, reader: Reader, share: HeldMemory) -> Refusal | None:
    size = 0
    async for part in incoming.parts():
        size += len(part)
        if size > LARGEST_BODY:
            return Refusal(Reason.PICTURE_TOO_BIG, f"a body has at most {LARGEST_BODY} bytes")
        if not share.take(len(part)):
            return Refusal(Reason.TOO_FAST, "too much is being sent at this moment")
        reader.write(part)
    return None


class _Whole:
    """JSON or an urlencoded form: which of them the first character tells, as not every client names the type."""

    def __init__(self, is_json: bool) -> None:
        self._is_json = is_json
        self._raw = bytearray()

    def write(self, part: bytes) -> None:
        self._raw += part

    def parameters(self) -> Parameters:
        if self._raw.startswith(b"\xef\xbb\xbf"):
            del self._raw[:3]
        if self._is_json or _JSON_BEGINS.match(self._raw):
            return Parameters(_of_json(self._raw))
        return Parameters(_of_form(self._raw))


def _of_json(text: bytearray) -> list[tuple[str, Value]]:
    """Return the members. A number is its token as it stands there: a signature may be over that text."""
    if text.count(b":") > MOST_COLONS:
        raise ValueError(f"it has more than {MOST_COLONS} members")
    try:
        members = _members.decode(text)
        if sum(map(_is_decisive, _names(text))) > sum(map(_is_decisive, members)):
            raise ValueError("a member that says what is done comes twice, or inside another one")
        return [(name, value) for name, raw in members.items() for value in _json_values(name, bytes(raw))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _names(text: bytearray) -> Iterator[str]:
    """Yield the names of all members, those that come twice or lie inside another one too; some that are odd are not.

    Whoever looks for a name in the bytes has to know every escape that it can be written with: so each is decoded.
    """
    for before in text.split(b":")[:-1]:
        before = before.rstrip()
        began = before.rfind(b'"', 0, -1)
        if began >= 0 and before.endswith(b'"'):
            with suppress(msgspec.DecodeError, UnicodeDecodeError):  # it is no name: the text goes on behind the quote
                yield _string.decode(before[began:])


def _is_decisive(name: str) -> bool:
    try:
        return known_name(name) in DECIDING
    except ValueError:  # told when it is read; inside another member it is nobody's
        return False


def _json_values(name: str, raw: bytes) -> Iterator[Value]:
    """Yield the texts of a member whose name is known; what others hold is not looked at."""
    if not known_name(name):
        return
    if not raw.startswith(b"["):
        yield from _json_value(raw)
        return
    if raw.count(b",") > MOST_COMMAS or len(items := _items.decode(raw)) > MOST_FIELDS:
        raise ValueError(f"a list has at most {MOST_FIELDS} values")
    for item in items:
        yield from _json_value(bytes(item))


def _json_value(raw: bytes) -> Iterator[Value]:
    """Yield the text, none for null and for what is absent."""
    if raw.startswith(b'"'):
        yield _string.decode(raw)
    elif raw.startswith((b"{", b"[")):
        raise ValueError("an object or a list stands where a text is wanted")
    elif raw not in (b"", b"null"):
        yield raw.decode("ascii")


def _of_form(text: bytearray) -> list[tuple[str, Value]]:
    if len(text) > LARGEST_FORM:
        raise ValueError(f"an urlencoded form has at most {LARGEST_FORM} bytes; pictures come as multipart/form-data")
    try:
        form = text.decode("utf-8").strip()
        pairs = parse_qsl(form, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise ValueError("it is no UTF-8") from error
    return list(pairs)
