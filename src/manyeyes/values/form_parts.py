"""A body of multipart/form-data (RFC 7578), taken apart while it comes; subclasses say what becomes of it. Pure."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

LONGEST_BOUNDARY = 200  # RFC 2046 allows 70
LARGEST_HEAD = 16_384  # bytes of one part's headers
SINGLE = ("content-disposition", "content-type", "content-transfer-encoding")  # said twice, they contradict themselves


class FormParts:
    """``fields``: the headers of the part that comes, by lower-case names. ``has_ended``: the body was whole."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.has_ended = False
        self._field, self._text, self._head_size = bytearray(), bytearray(), 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._add_to_head(self._field, data[start:end]),
                "on_header_value": lambda data, start, end: self._add_to_head(self._text, data[start:end]),
                "on_header_end": self._on_header_end,
                "on_part_data": lambda data, start, end: self.take(data[start:end]),
                "on_part_end": self.close,
                "on_end": self._on_end,
            },
        )

    def write(self, piece: bytes) -> None:
        """Take the next piece of the body. Raises ValueError when it is no multipart body, or too much of one."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise ValueError(str(error)) from error

    def take(self, some: bytes) -> None:
        """Take some of a part's content."""
        raise NotImplementedError

    def close(self) -> None:
        """Take the end of a part. May raise ValueError."""
        raise NotImplementedError

    def _begin(self) -> None:
        self.fields = {}
        self._field, self._text, self._head_size = bytearray(), bytearray(), 0

    def _add_to_head(self, to: bytearray, some: bytes) -> None:
        self._head_size += len(some)
        if self._head_size > LARGEST_HEAD:
            raise ValueError(f"the headers of a part have more than {LARGEST_HEAD} bytes")
        to += some

    def _on_header_end(self) -> None:
        name = self._field.decode("latin-1").lower()
        if name in SINGLE and name in self.fields:
            raise ValueError(f"a part has two headers {name}")
        self.fields[name] = self._text.decode("latin-1").strip()
        self._field, self._text = bytearray(), bytearray()

    def _on_end(self) -> None:
        self.has_ended = True
