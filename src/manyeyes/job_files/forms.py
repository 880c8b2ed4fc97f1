"""Many files in one body (multipart/form-data, RFC 7578) into items, a file at a time. Pure."""

from collections.abc import Iterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from manyeyes.job_files.items import (
    PICTURE_ENDINGS,
    FileItem,
    Found,
    LineFault,
    PassedOver,
    UnreadableFile,
    named_file,
)
from manyeyes.jobs.upload_rules import MOST_ITEMS
from manyeyes.pictures.reader import is_plain
from manyeyes.tasks.pictures import LARGEST_BYTES
from manyeyes.values.part_headers import SINGLE, decoded, read_headers

LONGEST_BOUNDARY = 200  # RFC 2046 allows 70
LARGEST_HEAD = 16_384  # bytes of one part's headers
LARGEST_PART = LARGEST_BYTES * 2  # what is longer cannot hold a picture small enough, in base64 either


class FormFiles:
    """Reads the files of a form: each picture is an item. ``line``: how many parts came, from ``first`` on."""

    def __init__(self, content_type: str, first: int = 1) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise UnreadableFile(0, "its Content-Type names no boundary")
        self.line = first - 1  # of the part that was given last
        self._came = first - 1
        self._most = first + MOST_ITEMS
        self._found: list[tuple[int, Found]] = []
        self._has_ended = False
        self._begin()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def feed(self, data: bytes) -> Iterator[Found]:
        """Yield the files that end in this piece."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise UnreadableFile(self._came + 1, f"it is no multipart body: {error}"[:300]) from error
        ended, self._found = self._found, []
        for self.line, found in ended:
            yield found

    def end(self) -> Iterator[Found]:
        """Yield nothing. Raises `UnreadableFile` for a body that broke off."""
        if not self._has_ended:
            raise UnreadableFile(self._came + 1, "the multipart body has no end")
        yield from ()

    def _begin(self) -> None:
        self._fields: dict[str, str] = {}
        self._field, self._text, self._data = bytearray(), bytearray(), bytearray()
        self._head_size = self._size = 0

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._add_to_head(self._field, data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._add_to_head(self._text, data[start:end])

    def _add_to_head(self, to: bytearray, some: bytes) -> None:
        self._head_size += len(some)
        if self._head_size > LARGEST_HEAD:
            raise FormParserError(f"the headers of a part have more than {LARGEST_HEAD} bytes")
        to += some

    def _on_header_end(self) -> None:
        name = self._field.decode("latin-1").lower()
        if name in SINGLE and name in self._fields:
            raise FormParserError(f"a part has two headers {name}")
        self._fields[name] = self._text.decode("latin-1").strip()
        self._field, self._text = bytearray(), bytearray()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._size <= LARGEST_PART:
            self._data += data[start:end]

    def _on_part_end(self) -> None:
        self._came += 1
        if self._came > self._most:
            raise FormParserError(f"at most {MOST_ITEMS} files are taken")
        try:
            self._found.append((self._came, self._read()))
        except ValueError as error:
            self._found.append((self._came, LineFault(self._came, str(error)[:300])))
        self._data = bytearray()

    def _on_end(self) -> None:
        self._has_ended = True

    def _read(self) -> Found:
        """Return what the part that ends now holds. Raises ValueError for headers that cannot be read."""
        of = read_headers(self._fields)
        if not of.filename:  # a field of the form, or a file that nobody chose
            return PassedOver(of.name[:100])
        name = named_file(self._came, of.filename)
        if not isinstance(name, str):
            return name
        if self._size > LARGEST_PART:
            return LineFault(self._came, f"{name}: a picture has at most {LARGEST_BYTES} bytes"[:400], "/picture")
        data = decoded(bytes(self._data), self._fields.get("content-transfer-encoding", ""))
        if not name.lower().endswith(PICTURE_ENDINGS) and not is_plain(data):
            return PassedOver(name)
        return FileItem(line=self._came, external_id=name, picture=data)
