"""Pictures as pixels, for what runs in a child: the same ones that a browser shows to people."""

import io

from PIL import Image

from manyeyes.pictures.anatomy import LARGEST_PIXELS, Anatomy
from manyeyes.pictures.exif import UPRIGHT
from manyeyes.pictures.reader import read

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
LONGEST_SIDE = 65_500  # of a JPEG that can be written
LEGIBLE_SHARE = 4  # one pixel in four stays, half of each side: what is smaller may be read by nobody
TURNS = {  # of EXIF's orientations (CIPA DC-008 §4.6.4 A)
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = "orientation"  # in Pillow's notes on a picture, which it takes from no file
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


def opened(data: bytes) -> Image.Image:
    """Open a picture without decoding. Raises `Broken`, `TooManyPixels`, and what Pillow raises.

    Pillow is given the clean copy: what notes a picture carries never decides whether it can be read.
    """
    anatomy = read(data)
    return opened_clean(anatomy, anatomy.cleaned())


def opened_clean(anatomy: Anatomy, clean: bytes) -> Image.Image:
    """Open the clean copy of a picture whose structure was read. Raises what Pillow raises."""
    picture = Image.open(io.BytesIO(clean), formats=FORMATS)
    picture.info[_ORIENTATION] = anatomy.orientation
    return picture


def upright(picture: Image.Image) -> Image.Image:
    """Decode a picture and return it as a viewer shows it: turned as its EXIF says, on white, in RGB, grey ones in L.

    Raises what Pillow raises on broken data, ValueError for pixels of 32 bits.
    """
    turned = turned_up(picture)
    if turned.mode.startswith("I;16"):
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    if turned.mode in ("I", "F"):
        raise ValueError("pixels of 32 bits are not read")
    if turned.has_transparency_data:
        above = turned.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return turned.convert("L" if turned.mode in ("1", "L") else "RGB")


def turned_up(picture: Image.Image) -> Image.Image:
    """Decode a picture that `opened` opened, and return it the way up that its EXIF says, otherwise as it is."""
    picture.load()
    orientation = picture.info.get(_ORIENTATION, UPRIGHT)
    return picture.transpose(TURNS[orientation]) if orientation in TURNS else picture


def within(picture: Image.Image, pixels: int, longest_side: int = LONGEST_SIDE) -> Image.Image:
    """Return the picture scaled down, if need be, to so many pixels in all and no longer side than that."""
    share = min((pixels / (picture.width * picture.height)) ** 0.5, longest_side / max(picture.size))
    if share >= 1:
        return picture
    size = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
