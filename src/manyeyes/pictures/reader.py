"""The one reader of pictures' structure: what a picture is, told without inflating or decoding anything.

What it lets through, browsers show, as far as structure can tell; what they do with which fault was looked at
(docs/decisions/0036). Errors in here would be the server's: it reads what strangers send.
"""

from manyeyes.pictures import bmp, gif, jpeg, png, tiff, webp
from manyeyes.pictures.anatomy import Anatomy, Broken

_JPEG = b"\xff\xd8\xff"


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a PNG, JPEG, GIF, WebP, BMP or TIFF. Raises `Broken`, saying why it is none."""
    if data.startswith(png.SIGNATURE):
        return png.read(data)
    if data.startswith(_JPEG):
        return jpeg.read(data)
    if data.startswith(gif.SIGNATURES):
        return gif.read(data)
    if webp.is_webp(data):
        return webp.read(data)
    if data.startswith(tiff.SIGNATURES):
        return tiff.read(data)
    if data.startswith(bmp.SIGNATURE):
        return bmp.read(data)
    raise Broken("this is no picture in a format that is read: PNG, JPEG, WebP, TIFF, BMP or GIF")


def is_plain(data: bytes) -> bool:
    """Tell by its first bytes whether this is a PNG, JPEG or GIF, which every browser and recogniser reads."""
    return data.startswith((png.SIGNATURE, _JPEG, *gif.SIGNATURES))
