"""Reads a PNG's chunks (ISO/IEC 15948 §5, §11; APNG is its third edition's §11.3.6); nothing is inflated."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from manyeyes.pictures.anatomy import MOST_PARTS, Anatomy, Broken, check_size, counted
from manyeyes.pictures.exif import UPRIGHT, orientation_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"
AROUND_BYTES = 12  # a chunk's length, type and check sum
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # by colour type
PALETTE = 3
_HEADER_BYTES, _MOST_COLOURS = 13, 256
_LARGEST_SIDE = 1_000_000  # of what browsers show: libpng's own limit
# How long a chunk is that says what the colours mean; what is otherwise is dropped, as browsers do.
_MEANINGS = {b"gAMA": (4,), b"cHRM": (32,), b"sRGB": (1,), b"sBIT": (1, 2, 3, 4)}
_FILM = (b"acTL", b"fcTL", b"fdAT")
_ONE_TRANSPARENT = {0: 2, 2: 6}  # bytes of tRNS by colour type
_REPEATED = (b"IDAT", b"fcTL", b"fdAT")


class _Chunk(NamedTuple):
    kind: bytes
    data: memoryview
    whole: memoryview
    is_sound: bool  # its check sum is right


class _PngReading:
    """What was found so far, and what is kept of it."""

    def __init__(self, head: _Chunk) -> None:
        self.width, self.height = (int.from_bytes(head.data[at : at + 4], "big") for at in (0, 4))
        self.colour = head.data[9]
        self.pieces: list[bytes | memoryview] = [SIGNATURE, head.whole]
        self.film: list[_Chunk] = []
        self.colours = 0  # of the palette
        self.image_bytes = 0
        self.is_after_image = False
        self.kinds: set[bytes] = set()
        self.orientation = 0  # none was read yet


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a PNG. Raises `Broken`."""
    chunks = _chunks(data)
    head = next(chunks, None)
    if head is None or head.kind != b"IHDR" or len(head.data) != _HEADER_BYTES or not head.is_sound:
        raise Broken("the PNG's header is damaged")
    reading, lacks_end = _PngReading(head), True
    _check_header(reading, head.data)
    for chunk in chunks:
        if chunk.kind == b"IEND":
            lacks_end = False
            break
        _take(reading, chunk)
    if not reading.image_bytes:
        raise Broken("the PNG holds no image data")
    if lacks_end:
        raise Broken("the PNG is truncated: its last chunk is not there")
    is_film = _is_whole_film(reading.film)
    if not is_film:
        left_out = {id(chunk.whole) for chunk in reading.film}
        reading.pieces = [piece for piece in reading.pieces if id(piece) not in left_out]
    return Anatomy(
        media="png",
        width=reading.width,
        height=reading.height,
        is_film=is_film,
        orientation=reading.orientation or UPRIGHT,
        pieces=[*reading.pieces, END],
    )


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield the chunks as far as they are whole. Raises `Broken` for what ends within a chunk before the image does."""
    view, at, has_image = memoryview(data), len(SIGNATURE), False
    blocks, others = counted(), counted(MOST_PARTS)
    while at + AROUND_BYTES <= len(data):
        kind = data[at + 4 : at + 8]
        next(blocks if kind in _REPEATED else others)
        end = at + AROUND_BYTES + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            if has_image and kind != b"IDAT":
                return
            raise Broken("the PNG is truncated: a chunk ends too early")
        is_sound = zlib.crc32(view[at + 4 : end - 4]) == int.from_bytes(view[end - 4 : end], "big")
        yield _Chunk(kind, view[at + 8 : end - 4], view[at:end], is_sound)
        has_image, at = has_image or kind == b"IDAT", end
    if not has_image:
        raise Broken("the PNG is truncated: it ends before its image begins")


def _check_header(reading: _PngReading, head: memoryview) -> None:
    depth, colour, compression, filtering, interlace = head[8:]
    check_size(reading.width, reading.height)
    if not (0 < reading.width <= _LARGEST_SIDE and 0 < reading.height <= _LARGEST_SIDE):
        raise Broken(f"the PNG's header says {reading.width} x {reading.height} pixels")
    if depth not in DEPTHS.get(colour, ()):
        raise Broken(f"no PNG has {depth} bits of colour type {colour}")
    if compression or filtering or interlace > 1:
        raise Broken("the PNG is packed in a way that no browser knows")


def _take(reading: _PngReading, chunk: _Chunk) -> None:
    """Judge a chunk, and keep it if pixels need it. Raises `Broken` for what browsers stop at."""
    kind = chunk.kind
    reading.is_after_image = reading.is_after_image or (bool(reading.image_bytes) and kind != b"IDAT")
    if kind == b"IDAT":
        return _take_image(reading, chunk)
    is_first = kind not in reading.kinds
    reading.kinds.add(kind)
    if not kind[0] & 0x20 and not reading.is_after_image:  # a critical chunk before or within the image
        if kind != b"PLTE" or not is_first or not chunk.is_sound:
            raise Broken(f"the PNG's chunk {kind.decode('latin-1')!r} is damaged or unknown")
        return _take_palette(reading, chunk)
    if not chunk.is_sound:
        return
    if kind == b"eXIf" and not reading.orientation:
        reading.orientation = orientation_of(chunk.data)
    elif kind in _FILM:
        reading.film.append(chunk)
        reading.pieces.append(chunk.whole)
    elif is_first and not reading.is_after_image:
        _take_meaning(reading, chunk)


def _take_image(reading: _PngReading, chunk: _Chunk) -> None:
    if reading.is_after_image:
        return  # the image was over: another chunk came between
    if not chunk.is_sound:
        raise Broken("the PNG's chunk 'IDAT' is damaged")
    if reading.colour == PALETTE and not reading.colours:
        raise Broken("the PNG has no palette, and its pixels are numbers of one")
    reading.image_bytes += len(chunk.data)
    reading.pieces.append(chunk.whole)


def _take_palette(reading: _PngReading, chunk: _Chunk) -> None:
    if reading.colour != PALETTE:
        return  # a proposal for screens of few colours
    reading.colours = len(chunk.data) // 3
    if not 0 < reading.colours <= _MOST_COLOURS:
        raise Broken(f"the PNG's palette has {reading.colours} colours")
    reading.pieces.append(packed(b"PLTE", bytes(chunk.data[: 3 * reading.colours])))


def _take_meaning(reading: _PngReading, chunk: _Chunk) -> None:
    if chunk.kind == b"tRNS" and reading.colour == PALETTE and reading.colours:
        reading.pieces.append(packed(b"tRNS", bytes(chunk.data[: reading.colours])))
    elif (chunk.kind == b"tRNS" and len(chunk.data) == _ONE_TRANSPARENT.get(reading.colour)) or len(
        chunk.data
    ) in _MEANINGS.get(chunk.kind, ()):
        reading.pieces.append(chunk.whole)


def _is_whole_film(chunks: list[_Chunk]) -> bool:
    """Tell whether these are an animation as browsers want it: announced first, its chunks counted without a gap."""
    if not chunks or chunks[0].kind != b"acTL" or len(chunks[0].data) != 8:
        return False
    numbers, frames = [], 0
    for chunk in chunks[1:]:
        if len(chunk.data) < 4 or (chunk.kind == b"fcTL" and len(chunk.data) != 26) or chunk.kind == b"acTL":
            return False
        numbers.append(int.from_bytes(chunk.data[:4], "big"))
        frames += chunk.kind == b"fcTL"
    announced = int.from_bytes(chunks[0].data[:4], "big")
    return announced > 1 and frames == announced and numbers == list(range(len(numbers)))


def packed(kind: bytes, data: bytes) -> bytes:
    """Return a chunk with its length and check sum."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
