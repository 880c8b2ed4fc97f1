"""multipart/form-data as the official clients write it, odd headers included (docs/contracts/tupu.md#multipart)."""

import msgspec
from python_multipart.multipart import parse_options_header

from manyeyes.tupu.parameter_names import known_name
from manyeyes.tupu.parameters import Parameters, Upload, Value
from manyeyes.values.form_parts import LONGEST_BOUNDARY, FormParts
from manyeyes.values.part_headers import PartHeaders, decoded, read_headers, text_of

MOST_PARTS = 1_000
LONGEST_CHARSET = 100  # bytes of its name
CHARSET_FIELD = "_charset_"  # names the charset of a form's texts (RFC 7578, section 4.6)


def boundary_of(content_type: str) -> bytes:
    """Return the boundary of a multipart body, empty for another type. Raises ValueError when it has
    none, and for what is multipart of another kind."""
    kind, options = parse_options_header(content_type)
    if kind.strip() != b"multipart/form-data":
        if kind.strip().startswith(b"multipart/"):
            raise ValueError("of the multipart types multipart/form-data alone is taken")
        return b""
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise ValueError("its Content-Type names no boundary")
    return boundary


class _Part(msgspec.Struct, frozen=True):
    fields: dict[str, str]
    data: bytes


class Multipart(FormParts):
    """Collects the parts while the body comes, so that a file lies in memory once."""

    def __init__(self, boundary: bytes) -> None:
        super().__init__(boundary)
        self._parts: list[_Part] = []
        self._data = bytearray()

    def parameters(self) -> Parameters:
        """Return what came. Raises ValueError when the body broke off before its end, or a part cannot be read."""
        if not self.has_ended:
            raise ValueError("the multipart body has no end")
        charset = self._form_charset()
        items = [(read_headers(part.fields, charset), part.data) for part in self._parts]
        values = [(of.name, _value(of, data, charset)) for of, data in items if of.name != CHARSET_FIELD]
        return Parameters((name, value) for name, value in values if value is not None)

    def _form_charset(self) -> str:
        said = (part for part in self._parts if CHARSET_FIELD in part.fields.get("content-disposition", ""))
        named = (part.data for part in said if read_headers(part.fields, "latin-1").name == CHARSET_FIELD)
        return next(named, b"")[:LONGEST_CHARSET].decode("latin-1").strip()

    def take(self, some: bytes) -> None:
        """Take some of a part's content."""
        self._data += some

    def close(self) -> None:
        """Take the end of a part. Raises ValueError for one too many, and for what its encoding does not give."""
        if len(self._parts) == MOST_PARTS:
            raise ValueError(f"at most {MOST_PARTS} parts are taken")
        encoding = self.fields.get("content-transfer-encoding", "")
        self._parts.append(_Part(self.fields, decoded(bytes(self._data), encoding)))
        self._data = bytearray()


def _value(of: PartHeaders, data: bytes, charset: str) -> Value | None:
    """Return what a part holds; None for a file that nobody chose: a browser sends it without name and content."""
    if of.filename is None and not _is_picture(of, data):
        return text_of(data, of.charset or charset)
    return Upload(of.filename or "", data) if of.filename or data else None


def _is_picture(of: PartHeaders, data: bytes) -> bool:
    """Tell whether a part without a file name is a file all the same: it says so, or a picture is wanted and it is none
    of the texts that could stand for one."""
    if of.media_type.startswith(("image/", "application/octet-stream")):
        return True
    if not _wants_picture(of.name) or data.lstrip()[:4].lower() == b"http":
        return False
    try:
        return "\x00" in data.decode("utf-8")
    except UnicodeDecodeError:
        return not of.charset


def _wants_picture(name: str) -> bool:
    return known_name(name) == "image"
