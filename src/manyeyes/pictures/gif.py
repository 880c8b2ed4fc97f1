"""Reads a GIF's blocks (the GIF89a specification); no frame is decoded."""

from collections.abc import Iterator

from manyeyes.pictures.anatomy import Anatomy, Broken, check_size, counted

SIGNATURES = (b"GIF87a", b"GIF89a")
END = b";"
_HEADER_BYTES, _MOST_BITS = 13, 11  # codes grow from one more than these to 12 bits
_EXTENSION, _FRAME = 0x21, 0x2C
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


class _GifReading:
    """What was found so far, and what is kept of it."""

    def __init__(self, data: bytes) -> None:
        self.data, self.view = data, memoryview(data)
        self.blocks = counted()
        self.width, self.height = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
        self.frames = 0
        self.pieces: list[bytes | memoryview] = []
        self.loop = b""


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a GIF. Raises `Broken`."""
    if len(data) < _HEADER_BYTES:
        raise Broken("the GIF is truncated: it ends in its header")
    reading = _GifReading(data)
    at = _HEADER_BYTES + _table_bytes(data, 10)
    head = reading.view[:at]
    while at < len(data):
        if data[at] == _EXTENSION:
            at = _after_extension(reading, at)
        elif data[at] == _FRAME:
            at = _after_frame(reading, at)
        else:
            break  # the trailer, or what some encoders write in its place
    if not reading.frames:
        raise Broken("the GIF holds no frame")
    loop = [reading.loop] if reading.frames > 1 else []
    return Anatomy(
        media="gif",
        width=reading.width,
        height=reading.height,
        is_film=reading.frames > 1,
        pieces=[head, *loop, *reading.pieces, END],
    )


def _after_extension(reading: _GifReading, at: int) -> int:
    """Return where an extension ends. Of what it says only a frame's time and the film's repetitions are kept."""
    data = reading.data
    end = _after_blocks(data, at + 2, reading.blocks)
    label = data[at + 1]
    if label == _CONTROL and data[at + 2] == 4:
        reading.pieces.append(data[at : at + 7] + b"\0")
    elif label == _CONTROL and not reading.frames:
        raise Broken("the GIF's control of a frame is damaged")  # behind the first frame, browsers have shown that one
    is_loop = label == _APPLICATION and data[at + 2 : at + 14] in _LOOPING and data[at + 14 : at + 16] == b"\x03\x01"
    if is_loop and not reading.loop:
        reading.loop = data[at : at + 18] + b"\0"
    return end


def _after_frame(reading: _GifReading, at: int) -> int:
    data = reading.data
    begin = at + 10 + _table_bytes(data, at + 9)  # the code size, then sub-blocks
    left, top, width, height = (int.from_bytes(data[at + 1 + 2 * n : at + 3 + 2 * n], "little") for n in range(4))
    if not reading.frames:  # a first frame that is larger makes the screen larger, in browsers too
        reading.width, reading.height = max(reading.width, left + width), max(reading.height, top + height)
    check_size(max(reading.width, left + width), max(reading.height, top + height))
    end = _after_blocks(data, begin + 1, reading.blocks)
    if not width or not height:
        raise Broken("the GIF has a frame without pixels")
    if not 0 < data[begin] <= _MOST_BITS:
        raise Broken("the GIF's image data is damaged")
    reading.frames += 1
    reading.pieces.append(reading.view[at:end])
    return end


def _table_bytes(data: bytes, at: int) -> int:
    """Return how long a colour table is, by the packed byte that announces it."""
    packed = data[at] if at < len(data) else 0
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(data: bytes, at: int, blocks: Iterator[int]) -> int:
    """Return where the sub-blocks that begin at a place end; each takes one of the picture's ``blocks``."""
    for _ in blocks:
        if at >= len(data):
            raise Broken("the GIF is truncated: a frame has no end")
        if not data[at]:
            return at + 1
        at += 1 + data[at]
    raise AssertionError("`counted` raises")
