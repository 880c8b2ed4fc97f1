"""Reads a TIFF's first directory (TIFF 6.0 §2; BigTIFF); nothing is decoded.

Its clean copy has a directory of ours, in which nothing but what pixels need is named. The old one lies there still:
the copy is for a decoder, and goes to nobody.
"""

from typing import Literal, NamedTuple

from manyeyes.pictures.anatomy import Anatomy, Broken, check_size
from manyeyes.pictures.exif import UPRIGHT

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
_STRIPS, _TILES = (273, 279), (324, 325)  # where they lie, and how long they are
_PIXELS = frozenset(
    {
        *(256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293),  # baseline
        *(317, 320, 322, 323, 324, 325, 332, 334, 336, 338, 339, 347),  # predictor, palette, tiles, inks, JPEG's tables
        *(512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532),  # old JPEG, YCbCr
    }
)
_INTEGERS = (1, 3, 4, 16)
_SUBFILE, _REDUCED = 254, 1  # TIFF 6.0 §8: bit 0 marks a smaller copy of another page
_PAGES_LOOKED_AT = 8  # a file whose second to eighth page are all previews of its first is a camera's
ByteOrder = Literal["little", "big"]


class _Field(NamedTuple):
    tag: int
    kind: int
    number: int
    value: bytes


class _Layout(NamedTuple):
    """How wide numbers are: 4 bytes in TIFF, 8 in BigTIFF; ``count_bytes`` of a directory's length."""

    order: ByteOrder
    width: int
    count_bytes: int

    @property
    def entry_bytes(self) -> int:
        return 4 + 2 * self.width


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a TIFF's first page. Raises `Broken`."""
    order: ByteOrder = "little" if data[:2] == b"II" else "big"
    layout = _Layout(order, 8, 8) if data[2:4] in (b"+\0", b"\0+") else _Layout(order, 4, 2)
    fields = _directory(data, layout)
    width, height = (_first(fields, tag, order) for tag in (_WIDTH, _HEIGHT))
    if not width or not height:
        raise Broken(f"the TIFF's directory says {width} x {height} pixels")
    check_size(width, height)
    _check_data(data, fields, order)
    orientation = _first(fields, _ORIENTATION, order)
    head_bytes = 8 if layout.width == 4 else 16
    at = len(data) + len(data) % 2
    head = data[: head_bytes - layout.width] + at.to_bytes(layout.width, order)
    kept = [field for tag, field in sorted(fields.items()) if tag in _PIXELS]
    return Anatomy(
        media="tif",
        width=width,
        height=height,
        orientation=orientation if 1 <= orientation <= 8 else UPRIGHT,
        has_more_pages=_has_more_pages(data, layout),
        pieces=[head, memoryview(data)[head_bytes:], b"\0" * (len(data) % 2), _written(kept, layout, at)],
    )


def _directory(data: bytes, layout: _Layout) -> dict[int, _Field]:
    """Return the first directory's fields that can be read, by their tags."""
    order, width = layout.order, layout.width
    at = _first_page(data, layout)
    count = int.from_bytes(data[at : at + layout.count_bytes], order)
    begin, size = at + layout.count_bytes, layout.entry_bytes
    found: dict[int, _Field] = {}
    for entry in range(begin, min(begin + count * size, len(data) - size + 1), size):
        tag, kind = (int.from_bytes(data[entry + n : entry + n + 2], order) for n in (0, 2))
        number = int.from_bytes(data[entry + 4 : entry + 4 + width], order)
        bytes_ = number * _TYPE_BYTES.get(kind, 0)
        value_at = entry + 4 + width
        if bytes_ > width:
            value_at = int.from_bytes(data[value_at : value_at + width], order)
        value = data[value_at : value_at + bytes_]
        if bytes_ and len(value) == bytes_ and (tag in _PIXELS or tag == _ORIENTATION):
            found.setdefault(tag, _Field(tag, kind, number, value))
    if not found:
        raise Broken("the TIFF's directory cannot be read")
    return found


def _first_page(data: bytes, layout: _Layout) -> int:
    start = 4 if layout.width == 4 else 8
    return int.from_bytes(data[start : start + layout.width], layout.order)


def _has_more_pages(data: bytes, layout: _Layout) -> bool:
    """Tell whether a page follows that is no smaller copy of another one, as far as the directories can be read."""
    order, size = layout.order, layout.entry_bytes
    at = _first_page(data, layout)
    for _ in range(1, _PAGES_LOOKED_AT):
        begin = at + layout.count_bytes
        end = begin + size * int.from_bytes(data[at:begin], order)
        at = int.from_bytes(data[end : end + layout.width], order)
        if not 0 < at < len(data):
            return False
        if not _is_reduced(data, layout, at):
            return True
    return False


def _is_reduced(data: bytes, layout: _Layout, at: int) -> bool:
    """Tell whether the directory at this place says that its page is a smaller copy of another one."""
    order, size, begin = layout.order, layout.entry_bytes, at + layout.count_bytes
    count = int.from_bytes(data[at:begin], order)
    for entry in range(begin, min(begin + count * size, len(data) - size + 1), size):
        if int.from_bytes(data[entry : entry + 2], order) == _SUBFILE:
            value = entry + 4 + layout.width
            return bool(int.from_bytes(data[value : value + 4], order) & _REDUCED)
    return False


def _numbers(fields: dict[int, _Field], tag: int, order: ByteOrder) -> list[int]:
    field = fields.get(tag)
    if field is None or field.kind not in _INTEGERS:
        return []
    size = _TYPE_BYTES[field.kind]
    return [int.from_bytes(field.value[at : at + size], order) for at in range(0, len(field.value), size)]


def _first(fields: dict[int, _Field], tag: int, order: ByteOrder) -> int:
    return next(iter(_numbers(fields, tag, order)), 0)


def _check_data(data: bytes, fields: dict[int, _Field], order: ByteOrder) -> None:
    for places, sizes in (_STRIPS, _TILES):
        begins = _numbers(fields, places, order)
        if begins:
            lengths = _numbers(fields, sizes, order) or [1] * len(begins)
            if any(at + size > len(data) for at, size in zip(begins, lengths, strict=False)):
                raise Broken("the TIFF is truncated: its picture ends too early")
            return
    raise Broken("the TIFF holds no image data")


def _written(fields: list[_Field], layout: _Layout, at: int) -> bytes:
    """Return the last directory of a file, which lies at ``at``, and behind it the values that it has no room for."""
    order, width = layout.order, layout.width
    entries, values = b"", b""
    values_at = at + layout.count_bytes + layout.entry_bytes * len(fields) + width
    for tag, kind, number, value in fields:
        place = value.ljust(width, b"\0")
        if len(value) > width:
            place = (values_at + len(values)).to_bytes(width, order)
            values += value + b"\0" * (len(value) % 2)
        entries += tag.to_bytes(2, order) + kind.to_bytes(2, order) + number.to_bytes(width, order) + place
    return len(fields).to_bytes(layout.count_bytes, order) + entries + bytes(width) + values
