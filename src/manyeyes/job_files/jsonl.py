"""A file of JSON objects, one a line (jsonlines.org), into items. Pure."""

from collections.abc import Iterator

import msgspec

from manyeyes.job_files.items import LONGEST_LINE, FileItem, Found, LineFault, fault_of
from manyeyes.job_files.numbered_lines import UTF8_BOM, NumberedLines
from manyeyes.values.base64_text import base64_bytes
from manyeyes.values.marks import marks_said


class JsonItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line as the customer writes it; ``picture`` in base64, ``truth`` a value as results have it."""

    external_id: str | int = ""
    picture: str = ""
    picture_url: str = ""
    comment: str = ""
    truth: msgspec.Raw = msgspec.Raw(b"null")
    marks: list[str] | str = ""


class JsonLines:
    """Reads JSONL: UTF-8, with or without a byte order mark; empty lines are passed over and counted."""

    def __init__(self, first: int = 1) -> None:
        self._lines = NumberedLines(first)
        self._is_first = True

    @property
    def line(self) -> int:
        """Return the number of the last line that was looked at."""
        return self._lines.number

    def feed(self, data: bytes) -> Iterator[Found]:
        """Yield what is whole after this piece."""
        for number, line in self._lines.feed(data):
            if line != b"":
                yield from self._read(number, line)

    def end(self) -> Iterator[Found]:
        """Yield what the end makes whole."""
        for number, line in self._lines.end():
            yield from self._read(number, line)

    def _read(self, number: int, line: bytes | None) -> Iterator[Found]:
        if line is None:
            yield LineFault(number, f"a line has at most {LONGEST_LINE} bytes")
            return
        if self._is_first:
            self._is_first, line = False, line.removeprefix(UTF8_BOM)
        if line.strip():
            yield json_item(number, line)


def json_item(number: int, line: bytes) -> FileItem | LineFault:
    """Return the item that a line of JSON holds, or what is wrong with it."""
    try:
        said = _decoder.decode(line)
        truth = text_of_value(said.truth)
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at `$")
        return LineFault(number, detail[:300], place.rstrip("`").replace(".", "/"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return LineFault(number, f"it is no JSON: {error}"[:300])
    if bool(said.picture) == bool(said.picture_url):
        both = "picture and picture_url are both there; give one of them"
        return LineFault(number, both if said.picture else "picture, or else picture_url, is missing")
    if said.picture[:5].lower() == "data:":
        return LineFault(number, "leave the data: prefix away and send the base64 alone", "/picture")
    try:
        picture = base64_bytes(said.picture)
    except ValueError as error:
        return LineFault(number, f"picture is no base64: {error}", "/picture")
    try:
        marks = marks_said(said.marks)
    except ValueError as error:
        return LineFault(number, str(error), "/marks")
    item = FileItem(
        line=number,
        external_id=str(said.external_id),
        picture=picture,
        picture_url=said.picture_url,
        comment=said.comment,
        truth=truth,
        marks=marks,
    )
    return fault_of(item) or item


def text_of_value(raw: msgspec.Raw) -> str:
    """Return a JSON value as the one text that an answer travels as: a number as it is written, a list as compact JSON.

    Empty for null. Raises msgspec.DecodeError.
    """
    text = bytes(raw).strip()
    if text == b"null":
        return ""
    if text.startswith(b'"'):
        return msgspec.json.decode(text, type=str)
    return msgspec.json.format(text, indent=-1).decode()


_decoder = msgspec.json.Decoder(JsonItem)
