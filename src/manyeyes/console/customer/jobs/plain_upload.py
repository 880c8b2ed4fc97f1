"""Files out of a page's own form: a page without script sends pictures and whole archives alike as parts of one body.

What a job takes is told by the first part's name: an archive, a table or JSON lines is taken by itself, unpacked from
the form while it comes; every other form is a form of pictures.
"""

from collections.abc import AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from manyeyes.job_files.items import UnreadableFile
from manyeyes.roles.customer.item_bodies import CSV, FORM, JSONL, ZIP, SentFile
from manyeyes.roles.sign_in import caller_address
from manyeyes.values.integers import whole_number
from manyeyes.values.part_headers import read_headers

ENDINGS = {".zip": ZIP, ".csv": CSV, ".tsv": CSV, ".jsonl": JSONL, ".ndjson": JSONL}
LARGEST_HEAD = 16_384
LONGEST_BOUNDARY = 200


class FirstPart:
    """Takes a form apart as it comes: the first file's name, then what that file holds; later parts are left."""

    def __init__(self, content_type: str) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise UnreadableFile(0, "its Content-Type names no boundary")
        self.name = ""
        self.has_begun = False
        self._fields: dict[str, str] = {}
        self._field, self._text, self._data = bytearray(), bytearray(), bytearray()
        self._parts = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
            },
        )

    def feed(self, data: bytes) -> bytes:
        """Return what of the first file was in this piece. Raises `UnreadableFile` for what is no form."""
        try:
            self._parser.write(data)
        except (FormParserError, ValueError) as error:
            raise UnreadableFile(0, f"it is no multipart body: {error}"[:300]) from error
        found, self._data = bytes(self._data), bytearray()
        return found

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._text += data[start:end]
        if len(self._text) > LARGEST_HEAD:
            raise FormParserError("the headers of a part are too long")

    def _on_header_end(self) -> None:
        self._fields[self._field.decode("latin-1").lower()] = self._text.decode("latin-1").strip()
        self._field, self._text = bytearray(), bytearray()

    def _on_headers(self) -> None:
        self._parts += 1
        if self._parts == 1:
            self.name, self.has_begun = read_headers(self._fields).filename or "", True
        self._fields = {}

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._parts == 1:
            self._data += data[start:end]


async def sent_file(request: Request) -> SentFile:
    """Return the file, or the files, that a page's form sends. Raises `UnreadableFile` for what is no form."""
    content_type = request.headers.get("content-type", "")
    first, read, opening = FirstPart(content_type), request.stream(), bytearray()
    inside = bytearray()
    async for data in read:
        opening += data
        inside += first.feed(data)
        if first.has_begun:
            break
    form = next((form for ending, form in ENDINGS.items() if first.name.lower().endswith(ending)), FORM)
    body = _whole(bytes(opening), read) if form == FORM else _unwrapped(first, bytes(inside), read)
    return SentFile(
        body=body,
        form=form,
        content_type=content_type,
        upload_key="",
        from_line=1,
        size=whole_number(request.headers.get("content-length", ""), 18),
        ip=caller_address(request),
    )


async def _whole(opening: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield opening
    async for data in rest:
        yield data


async def _unwrapped(first: FirstPart, inside: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield inside
    async for data in rest:
        yield first.feed(data)
