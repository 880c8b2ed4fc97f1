"""multipart/form-data as the official clients write it, odd headers included (docs/contracts/tupu.md#multipart)."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from manyeyes.tupu.parameters import Parameters, Upload, Value

LONGEST_BOUNDARY = 200  # RFC 2046 allows 70
MOST_PARTS = 1_000


def boundary_of(content_type: str) -> bytes:
    """Return the boundary of a multipart body, empty for another type. Raises ValueError when it has none."""
    kind, options = parse_options_header(content_type)
    if kind.strip() != b"multipart/form-data":
        return b""
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise ValueError("its Content-Type names no boundary")
    return boundary


class Multipart:
    """Collects the parts while the body comes, so that a file lies in memory once."""

    def __init__(self, boundary: bytes) -> None:
        self._items: list[tuple[str, Value]] = []
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

    def write(self, part: bytes) -> None:
        """Take the next piece of the body. Raises ValueError when it is no multipart body."""
        try:
            self._parser.write(part)
        except FormParserError as error:
            raise ValueError(str(error)) from error

    def parameters(self) -> Parameters:
        """Return what came. Raises ValueError when the body broke off before its end."""
        if not self._has_ended:
            raise ValueError("the multipart body has no end")
        return Parameters(self._items)

    def _begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._field, self._value, self._data = bytearray(), bytearray(), bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._field, self._value = bytearray(), bytearray()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _on_part_end(self) -> None:
        if len(self._items) == MOST_PARTS:
            raise FormParserError(f"at most {MOST_PARTS} parts are taken")
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        name, filename = _text(options.get(b"name", b"")), options.get(b"filename")
        if filename is None and not self._is_picture():
            self._items.append((name, _text(bytes(self._data))))
        elif filename or self._data:  # an empty file without a name is a browser's for none chosen
            self._items.append((name, Upload(_text(filename or b""), bytes(self._data))))

    def _is_picture(self) -> bool:
        """Tell whether a part without a file name says that it is a picture all the same."""
        return self._headers.get("content-type", "").lower().startswith(("image/", "application/octet-stream"))

    def _on_end(self) -> None:
        self._has_ended = True


def _text(raw: bytes) -> str:
    """Return UTF-8, or what a Chinese Windows writes where it should be UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
