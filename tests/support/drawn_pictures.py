"""Pictures drawn by the tests, in every format that is read and in some that are not."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def painting(width: int = 120, height: int = 80, mode: str = "RGB", shade: int = 0) -> Image.Image:
    """Return a red disc on a gradient, different for every shade."""
    gradient = Image.linear_gradient("L").resize((width, height)).point(lambda value: (value + shade) % 256)
    picture = Image.merge("RGB", (gradient, gradient.transpose(Image.Transpose.FLIP_TOP_BOTTOM), gradient))
    ImageDraw.Draw(picture).ellipse((5, 5, width // 2, height // 2), fill="red")
    return picture.convert(mode)


def written(picture: Image.Image, media: str, **options: Any) -> bytes:
    """Return the bytes of the picture as a file; ``media`` is Pillow's name of the format."""
    file = io.BytesIO()
    picture.save(file, media, **options)
    return file.getvalue()


def animated(media: str, count: int, width: int = 40, height: int = 30) -> bytes:
    """Return an animation of so many frames, of which no two are alike."""
    frames = [painting(width, height, shade=number * 17) for number in range(count)]
    exact = {"lossless": True} if media == "WEBP" else {}
    return written(frames[0], media, save_all=True, append_images=frames[1:], duration=50, **exact)


def promising(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header claims these dimensions."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"tEXt", b"a\0" + b"b" * 60), (b"IEND", b"")]
    body = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def promising_webp(width: int, height: int) -> bytes:
    """Return a WebP of a few bytes whose VP8X header claims these dimensions."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas + b"\0" * 100
    return b"RIFF" + struct.pack("<I", len(body)) + body
