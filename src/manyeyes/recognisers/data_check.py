"""Whether all of a picture's pixels are there, told by decoding it once, in a child only.

Browsers show what is missing as nothing, or in grey; that is a picture which nobody can answer for.
"""

import io
import zlib
from collections.abc import Iterator

from PIL import Image

from manyeyes.pictures import jpeg, png
from manyeyes.pictures.anatomy import Anatomy, Broken
from manyeyes.recognisers.pixels import opened_clean

_INFLATED_AT_ONCE = 8_000_000
_BARE, _ZLIB_BYTES = -zlib.MAX_WBITS, 2  # deflate without zlib's frame (RFC 1950 §2.2)
_LARGEST_WINDOW, _DICTIONARY = 7, 0x20  # of what that frame states; more than 32,768 bytes no decoder looks back
_DAMAGED = "the PNG's image data is damaged"
_FILTERS = 4  # the highest number of one (ISO/IEC 15948 §9.2)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_OTHER_END = bytes(range(254, 7, -3))  # it begins with ones, and what a decoder fills in with zeros


def whole(anatomy: Anatomy) -> bytes:
    """Return the clean copy of a picture whose first frame's pixels are all there. Raises `Broken` where they are not.

    Raises what Pillow raises on broken data as well.
    """
    if anatomy.media == "png":
        return _whole_png(anatomy)
    clean = anatomy.cleaned()
    if anatomy.media == "jpg" and anatomy.lacks_end:
        _check_end(clean)
        return clean
    with opened_clean(anatomy, clean) as picture:
        if anatomy.media == "jpg":
            picture.draft(None, (max(1, anatomy.width // 8), max(1, anatomy.height // 8)))  # an eighth costs the least
        picture.load()
    return clean


def _check_end(clean: bytes) -> None:
    """Raise `Broken` unless only the mark of its end was missing: then what stands before that mark changes no pixel.

    A decoder fills up what is missing, and fills it up with whatever comes.
    """
    other = clean[: -len(jpeg.END)] + _OTHER_END + jpeg.END
    with Image.open(io.BytesIO(clean)) as one, Image.open(io.BytesIO(other)) as two:
        if one.tobytes() != two.tobytes():
            raise Broken("the JPEG is truncated: its last lines are not there")


def _whole_png(anatomy: Anatomy) -> bytes:
    """Return the clean PNG; packed anew where the check sum behind its pixels is wrong, which browsers do not read."""
    parts = [piece for piece in anatomy.pieces if _is_data(piece)]
    data = b"".join(piece[8:-4] for piece in parts)
    passes = list(_passes(bytes(anatomy.pieces[1])))
    if _is_sound(data, passes):
        return anatomy.cleaned()
    size = sum(rows * stride for rows, stride in passes)
    packed = png.packed(b"IDAT", zlib.compress(zlib.decompressobj(_BARE).decompress(data[_ZLIB_BYTES:], size), 1))
    first = anatomy.pieces.index(parts[0])
    return b"".join(
        packed if place == first else piece
        for place, piece in enumerate(anatomy.pieces)
        if place <= first or not _is_data(piece)
    )


def _is_data(piece: bytes | memoryview) -> bool:
    return bytes(piece[4:8]) == b"IDAT"


def _passes(head: bytes) -> Iterator[tuple[int, int]]:
    """Yield how many rows each pass of a PNG has, and how many bytes each row, the filter's number with it."""
    width, height = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big")
    bits = head[16] * _CHANNELS[head[17]]
    for left, top, across, down in _ADAM7 if head[20] else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            yield rows, 1 + -(-columns * bits // 8)


def _is_sound(data: bytes, passes: list[tuple[int, int]]) -> bool:
    """Tell whether packed image data is right to its end. Raises `Broken` when pixels are missing or wrong."""
    if (
        len(data) < _ZLIB_BYTES
        or data[0] & 15 != zlib.DEFLATED
        or data[0] >> 4 > _LARGEST_WINDOW
        or data[1] & _DICTIONARY
        or (data[0] << 8 | data[1]) % 31
    ):
        raise Broken(_DAMAGED)
    inflater, left, checked = zlib.decompressobj(_BARE), data[_ZLIB_BYTES:], zlib.adler32(b"")
    try:
        for rows, stride in passes:
            while rows:
                some = min(rows, max(1, _INFLATED_AT_ONCE // stride))
                part = inflater.decompress(left, some * stride)
                left, checked = inflater.unconsumed_tail, zlib.adler32(part, checked)
                if len(part) < some * stride:
                    raise Broken("the PNG's image data ends too early")
                if max(part[::stride]) > _FILTERS:
                    raise Broken(_DAMAGED)
                rows -= some
    except zlib.error as error:
        raise Broken(_DAMAGED) from error
    try:
        is_over = not inflater.decompress(left, 1) and inflater.eof
    except zlib.error:
        return False
    return is_over and inflater.unused_data[:4] == checked.to_bytes(4, "big")
