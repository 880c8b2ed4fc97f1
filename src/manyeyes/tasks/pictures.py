"""What a submitted picture is, from its first bytes alone: nothing is decoded before its size is known."""

import io
import warnings

import msgspec
from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin

from manyeyes.values.refusals import Reason, Refusal

SMALLEST_BYTES = 100  # docs/contracts/anticaptcha.md#pictures: errors 3 and 4
LARGEST_BYTES = 500_000
LARGEST_PIXELS = 50_000_000  # a decompression bomb's header states more; an A4 page at 600 dpi has 35 million

_READERS = (
    (b"\x89PNG\r\n\x1a\n", "png", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", "jpg", JpegImagePlugin.JpegImageFile),
    (b"GIF87a", "gif", GifImagePlugin.GifImageFile),
    (b"GIF89a", "gif", GifImagePlugin.GifImageFile),
)
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Picture(msgspec.Struct, frozen=True):
    """``media`` is png, jpg or gif; ``width`` and ``height`` in pixels, as the header states them."""

    media: str
    width: int
    height: int
    data: bytes


def inspect(data: bytes, largest_bytes: int = LARGEST_BYTES) -> Picture | Refusal:
    """Return the picture that ``data`` holds, judged by its header, or the documented refusal (errors 3, 4, 15)."""
    if len(data) < SMALLEST_BYTES:
        return Refusal(Reason.PICTURE_TOO_SMALL, f"{len(data)} bytes came; a picture has at least {SMALLEST_BYTES}")
    if len(data) > largest_bytes:
        return Refusal(Reason.PICTURE_TOO_BIG, f"{len(data)} bytes came; at most {largest_bytes} are taken")
    for magic, media, reader in _READERS:
        if data.startswith(magic):
            return _measure(data, media, reader)
    return Refusal(Reason.PICTURE_NOT_SUPPORTED, "the file header is neither JPEG, GIF nor PNG")


def _measure(data: bytes, media: str, reader: type[Image.Image]) -> Picture | Refusal:
    try:
        with reader(io.BytesIO(data)) as picture:  # type: ignore[call-arg]
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # the GIF reader looks by itself
        return Refusal(Reason.PICTURE_TOO_BIG, f"at most {LARGEST_PIXELS} pixels are taken (read from the header)")
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, TypeError, ArithmeticError) as error:
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, f"the {media} header cannot be read: {error}")
    if width <= 0 or height <= 0:
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, f"the {media} header says {width} x {height} pixels")
    if width * height > LARGEST_PIXELS:
        return Refusal(
            Reason.PICTURE_TOO_BIG,
            f"{width} x {height} pixels; at most {LARGEST_PIXELS} are taken (read from the header)",
        )
    return Picture(media, width, height, data)
