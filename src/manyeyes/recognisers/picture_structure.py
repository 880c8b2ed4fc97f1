"""Whether a PNG, JPEG or GIF is whole, and how many frames it has, told from its structure: nothing is decoded.

PNG: ISO/IEC 15948 §5 (chunks), with the third edition's acTL. JPEG: ITU-T T.81 annex B (markers). GIF: the GIF89a
specification (blocks).
"""

import zlib
from collections import Counter
from collections.abc import Iterator

PNG_SIGNATURE_BYTES = 8
PNG_AROUND_BYTES = 12  # a chunk's length, type and check sum
NO_LENGTH = {0x01, *range(0xD0, 0xD9)}  # JPEG's TEM, RSTn and SOI stand alone
START_OF_SCAN, END_OF_IMAGE = 0xDA, b"\xff\xd9"
GIF_HEADER_BYTES = 13
# The server walks through it before anybody else is served. Ten megabytes of ordinary pictures stay far below: 40,000
# blocks of a GIF, 20,000 of a PNG's data; a JPEG's segments and a PNG's other chunks are dozens.
MOST_BLOCKS, MOST_SEGMENTS, MOST_CHUNKS = 100_000, 1_000, 1_000
LIGHT_HEADER_BYTES = 2_000_000  # of a JPEG, up to its scan; what programs wrote there is read with the header
MOST_PACKED, PACKED = 8, (b"zTXt", b"iTXt", b"iCCP")  # PNG chunks that are unpacked when the header is read


INTRICATE = "it is made of more pieces than a picture has"


class Broken(ValueError):
    """The picture ends too early or contradicts itself; the text says where, for the customer."""


def frames(media: str, data: bytes) -> int:
    """Return how many frames a picture has, 2 standing for many or for work that is a child's.

    ``media``: png, jpg or gif. Raises `Broken`.
    """
    return {"png": _png_frames, "jpg": _jpeg_frames, "gif": _gif_frames}[media](data)


def _png_frames(data: bytes) -> int:
    view, at, animated, kinds = memoryview(data), PNG_SIGNATURE_BYTES, False, Counter[bytes]()
    while at + PNG_AROUND_BYTES <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + PNG_AROUND_BYTES + size
        kind = data[at + 4 : at + 8]
        if end > len(data):
            break
        kinds[kind if kind in (b"IDAT", b"fdAT", b"fcTL", *PACKED) else b""] += 1
        if kinds[b""] > MOST_CHUNKS or kinds.total() > MOST_BLOCKS:
            raise Broken(INTRICATE)
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Broken(f"the PNG's chunk {kind.decode('latin-1')!r} is damaged")
        if kind == b"acTL":
            animated = int.from_bytes(data[at + 8 : at + 12], "big") > 1
        if kind == b"IEND":
            return 2 if animated or sum(kinds[packed] for packed in PACKED) > MOST_PACKED else 1
        at = end
    raise Broken("the PNG is truncated: its last chunk is not there")


def _jpeg_frames(data: bytes) -> int:
    """Return 1 for a whole JPEG, 2 for one whose header is too long to be read here. Raises `Broken`.

    A scan's data cannot contain the end marker; a preview inside of a segment can, so segments are skipped.
    """
    at = 0
    for _ in range(MOST_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            raise Broken("the JPEG is truncated: it ends before its picture begins")
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            if data.find(END_OF_IMAGE, at) < 0:
                raise Broken("the JPEG is truncated: its end marker is not there")
            return 1 if at <= LIGHT_HEADER_BYTES else 2
        if marker == 0xFF:
            at += 1
        elif marker in NO_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise Broken(INTRICATE)


def _gif_frames(data: bytes) -> int:
    found, at = 0, GIF_HEADER_BYTES + _table_bytes(data, 10)
    blocks = iter(range(MOST_BLOCKS))
    while at < len(data) and found < 2:
        if data[at] == 0x21:  # an extension: its label, then sub-blocks
            at = _after_blocks(data, at + 2, blocks)
        elif data[at] == 0x2C:  # a frame: ten bytes of descriptor, its colours, the code size, then sub-blocks
            at = _after_blocks(data, at + 10 + _table_bytes(data, at + 9) + 1, blocks)
            found += 1
        else:
            break  # the trailer, or what some encoders write in its place
    if not found:
        raise Broken("the GIF holds no frame")
    return found


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
    raise Broken(INTRICATE)
