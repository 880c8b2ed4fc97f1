"""Pictures as pixels, for what runs in a child: the same ones that a browser shows to people."""

import io

from PIL import Image, ImageOps

from manyeyes.tasks.pictures import LARGEST_PIXELS

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
LONGEST_SIDE = 20_000  # JPEG has 65,500, recognisers far less


def opened(data: bytes) -> Image.Image:
    """Open without decoding. Raises what Pillow raises, for too many pixels as well.

    A WebP's size is read first: its decoder takes memory for all of it as soon as it is opened.
    """
    size = webp_size(data)
    if size and size[0] * size[1] > LARGEST_PIXELS:
        raise Image.DecompressionBombError
    return Image.open(io.BytesIO(data), formats=FORMATS)


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Return a WebP's width and height as its header states them (RFC 9649 §2.5 to 2.7); None: it is no WebP."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def upright(picture: Image.Image) -> Image.Image:
    """Decode a picture and return it as a viewer shows it: turned as its EXIF says, on white, in RGB, grey ones in L.

    Raises what Pillow raises on broken data, ValueError for pixels of 32 bits.
    """
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("I", "F"):
        raise ValueError("pixels of 32 bits are not read")
    turned = ImageOps.exif_transpose(picture)
    if turned.has_transparency_data:
        above = turned.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return turned.convert("L" if turned.mode in ("1", "L") else "RGB")


def within(picture: Image.Image, pixels: int) -> Image.Image:
    """Return the picture scaled down, if need be, to so many pixels in all and no side above `LONGEST_SIDE`."""
    share = min((pixels / (picture.width * picture.height)) ** 0.5, LONGEST_SIDE / max(picture.size))
    if share >= 1:
        return picture
    size = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
