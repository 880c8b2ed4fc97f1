"""Reads a WebP's chunks (RFC 9649 §2); no frame is decoded."""

from collections.abc import Iterator

from manyeyes.pictures.anatomy import MOST_BLOCKS, Anatomy, Broken, check_size, counted
from manyeyes.pictures.exif import UPRIGHT, orientation_of

_KEPT = (b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF")
_STILL = (b"VP8 ", b"VP8L")
_FIRST = (b"VP8X", *_STILL)
_NOTES = 0x20 | 0x08 | 0x04  # VP8X: there is a profile, EXIF, XMP
_KEY_FRAME = b"\x9d\x01\x2a"
_HEADER_BYTES = 12


def is_webp(data: bytes) -> bool:
    """Tell by its first bytes whether this is a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a WebP. Raises `Broken`."""
    canvas: tuple[int, int] | None = None
    still: tuple[int, int] | None = None
    frames = orientation = 0
    pieces: list[bytes | memoryview] = []
    for kind, body in _chunks(data):
        if kind == b"VP8X" and not pieces:
            if len(body) < 10:
                raise Broken("the WebP's header is damaged")
            canvas = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
            check_size(*canvas)
            pieces.append(_packed(kind, bytes([body[0] & ~_NOTES]) + bytes(body[1:10])))
        elif kind == b"EXIF" and not orientation:
            orientation = orientation_of(body)
        elif kind in _KEPT:
            still = still or (_size(kind, body) if kind in _STILL else None)
            frames += kind == b"ANMF"
            pieces.append(_packed(kind, bytes(body)))
    size = canvas or still
    if size is None or not (still or frames):
        raise Broken("the WebP holds no image data")
    if canvas and still and not frames and canvas != still:
        raise Broken("the WebP's headers contradict each other about its size")
    body_bytes = 4 + sum(map(len, pieces))
    return Anatomy(
        media="webp",
        width=size[0],
        height=size[1],
        is_film=frames > 1,
        orientation=orientation or UPRIGHT,
        pieces=[b"RIFF" + body_bytes.to_bytes(4, "little") + b"WEBP", *pieces],
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view, at, parts = memoryview(data), _HEADER_BYTES, counted(MOST_BLOCKS)
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Broken("the WebP is truncated: it has less bytes than its header says")
    while at + 8 <= end:
        next(parts)
        behind = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        padded = behind + (behind - at) % 2
        if padded > end:
            raise Broken("the WebP is truncated: a chunk ends too early")
        if at == _HEADER_BYTES and data[at : at + 4] not in _FIRST:
            raise Broken("the WebP begins with neither an image nor its size")
        yield data[at : at + 4], view[at + 8 : behind]
        at = padded


def _size(kind: bytes, body: memoryview) -> tuple[int, int]:
    """Return a frame's width and height as its header states them (RFC 9649 §2.5, §2.6)."""
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        check_size(width, height)
        return width, height
    if kind == b"VP8 " and len(body) >= 10 and body[3:6] == _KEY_FRAME:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if width and height:
            check_size(width, height)
            return width, height
    raise Broken("the WebP's image data is damaged")


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
