"""Pictures put together part by part, whole ones and ones that lack or contradict something; no file is kept."""

import random
import struct
import zlib
from collections.abc import Iterable

from PIL import Image

from support.drawn_pictures import animated, painting, written

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXIF = b"Exif\0\0"
WIDTH, HEIGHT = 60, 40
NOISE = random.Random(36).randbytes


def chunk(kind: bytes, data: bytes = b"", *, is_sound: bool = True) -> bytes:
    """Return a PNG's chunk, perhaps with a wrong check sum."""
    sum_ = zlib.crc32(kind + data) ^ (not is_sound)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)


def head(width: int = WIDTH, height: int = HEIGHT, depth: int = 8, colour: int = 2, *rest: int) -> bytes:
    """Return a PNG's IHDR; ``rest``: compression, filter, interlace."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, *(rest or (0, 0, 0))))


def rows(count: int = HEIGHT, width_bytes: int = 3 * WIDTH, *, kind: int = 0, seed: int = 5) -> bytes:
    """Return unpacked image data of a PNG: noise, every row with its filter's number before it."""
    drawn = random.Random(seed)
    return b"".join(bytes([kind]) + drawn.randbytes(width_bytes) for _ in range(count))


GOOD_DATA = chunk(b"IDAT", zlib.compress(rows()))
END = chunk(b"IEND")


def png(*chunks: bytes) -> bytes:
    """Return a PNG of these chunks."""
    return SIGNATURE + b"".join(chunks)


def noted(*notes: bytes, behind: bytes = b"") -> bytes:
    """Return a good PNG with chunks before its image data, and others ``behind``."""
    return png(head(), *notes, GOOD_DATA, behind, END)


def tiff_block(entries: Iterable[tuple[int, int, int, bytes]], order: str = ">") -> bytes:
    """Return EXIF's TIFF part: (tag, type, count, four bytes of value) each, in one directory."""
    body = b"".join(struct.pack(f"{order}HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    number = struct.pack(f"{order}H", len(body) // 12)
    magic = b"MM\0*" if order == ">" else b"II*\0"
    return magic + struct.pack(f"{order}I", 8) + number + body + b"\0\0\0\0"


def orientation(number: int, order: str = ">") -> bytes:
    """Return EXIF's TIFF part with an orientation and an author."""
    value = struct.pack(f"{order}HH", number, 0)
    author = (0x013B, 2, 4, b"Ann\0")
    return tiff_block([(0x0112, 3, 1, value), author], order)


def segment(marker: int, data: bytes = b"", *, size: int | None = None) -> bytes:
    """Return a JPEG's segment, perhaps with another ``size`` than it has."""
    return bytes([0xFF, marker]) + (len(data) + 2 if size is None else size).to_bytes(2, "big") + data


def jpeg(mode: str = "RGB", width: int = WIDTH, height: int = HEIGHT, **options: object) -> bytes:
    """Return a JPEG as Pillow writes it."""
    return written(painting(width, height, mode), "JPEG", **options)


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """Return the JPEG with these segments behind its start."""
    return data[:2] + b"".join(segments) + data[2:]


def frame_at(data: bytes) -> int:
    """Return where a baseline or progressive JPEG's frame header is."""
    at = data.find(b"\xff\xc0\0\x11")
    return at if at >= 0 else max(data.find(b"\xff\xc2\0\x11"), data.find(b"\xff\xc0\0\x0b"))


def patched(data: bytes, at: int, piece: bytes) -> bytes:
    """Return the data with a piece written over it."""
    return data[:at] + piece + data[at + len(piece) :]


def without_segments(data: bytes, marker: int) -> bytes:
    """Return the JPEG without its segments of a kind before its scan."""
    at, kept = 2, data[:2]
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        kept += b"" if data[at + 1] == marker else data[at:end]
        at = end
    return kept + data[at:]


def scan_at(data: bytes) -> int:
    """Return where the first scan's data begins."""
    at = 2
    while data[at + 1] != 0xDA:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def gif(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a still GIF."""
    return written(painting(width, height).convert("P"), "GIF")


def gif_head(data: bytes) -> int:
    """Return how long a GIF's header with its colours is."""
    return 13 + (3 * 2 ** ((data[10] & 7) + 1) if data[10] & 0x80 else 0)


def extension(label: int, *blocks: bytes) -> bytes:
    """Return a GIF's extension."""
    return b"\x21" + bytes([label]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def with_extensions(data: bytes, *extensions: bytes) -> bytes:
    """Return the GIF with extensions before its first frame."""
    at = gif_head(data)
    return data[:at] + b"".join(extensions) + data[at:]


XMP_IN_GIF = b"\x21\xff\x0bXMP DataXMP<x:xmpmeta/>" + bytes([1, *range(255, -1, -1), 0])


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    """Return a WebP of these chunks."""
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def riff_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return a WebP's chunks."""
    found, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def extended(flags: int, *more: tuple[bytes, bytes], width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a lossy WebP in the extended format, with chunks behind its image."""
    head_ = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff((b"VP8X", head_), *riff_chunks(written(painting(WIDTH, HEIGHT), "WEBP")), *more)


def bmp(depth: int, masks: bytes, *, size: int = 40, compression: int = 0, height: int = HEIGHT) -> bytes:
    """Return a BMP of noise whose header has ``size`` bytes: OS/2's 12 or 16, or Windows' 40."""
    data = NOISE(-(-WIDTH * depth // 32) * 4 * HEIGHT)
    if size == 12:
        head_ = struct.pack("<IHHHH", size, WIDTH, height, 1, depth)
    else:
        more = struct.pack("<IIiiII", compression, len(data), 2835, 2835, 0, 0) if size == 40 else b""
        head_ = struct.pack("<IiiHH", size, WIDTH, height, 1, depth) + more + masks
    begin = 14 + len(head_)
    return b"BM" + struct.pack("<IHHI", begin + len(data), 0, 0, begin) + head_ + data


def palette(mode_depth: int = 8) -> bytes:
    """Return image data for a picture with a palette of four colours."""
    drawn = random.Random(3)
    return zlib.compress(b"".join(b"\0" + bytes(drawn.randrange(4) for _ in range(WIDTH)) for _ in range(HEIGHT)))


FILM = {media: animated(media, 3) for media in ("PNG", "GIF", "WEBP")}
TURNED_QUARTER = Image.Transpose.ROTATE_270
