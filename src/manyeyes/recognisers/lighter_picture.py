"""What a person is sent of a picture that is heavy to fetch: first legible, then light. See docs/decisions/0043.

Packed ever harder before anything is shrunk, since a screen shows real pixels and nobody can enlarge what is gone. In a
child only.
"""

import io

from PIL import Image

from manyeyes.pictures.reader import read
from manyeyes.recognisers.pixels import LEGIBLE_SHARE, opened, upright, within
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture
from manyeyes.tasks.pictures import LARGEST_BYTES

GOOD_QUALITIES, MIDDLING_QUALITY, POOREST_QUALITY = (85, 70), 50, 30
HEAVIEST_BYTES = 4_000_000  # that a person waits for
_MARGIN = 0.8  # of the pixels that would fit: a smaller picture has more to it in each


def lighter(data: bytes) -> UnfoldedPicture:
    """Return a PNG, JPEG or GIF that a person may be sent, at full size wherever `HEAVIEST_BYTES` allow it.

    ``data``: a clean, upright one. A JPEG of at most 500 kB if quality 50 does; else the lighter one of that and what
    came; else of quality 30; else shrunk as little as need be and at most to `LEGIBLE_SHARE`, whatever it weighs then.
    Raises what `opened` and `upright` raise.
    """
    with opened(data) as picture:
        plain = upright(picture)
    light = _packed(plain, MIDDLING_QUALITY)
    if len(light.data) <= LARGEST_BYTES:
        better = (_packed(plain, quality) for quality in GOOD_QUALITIES)
        return next((found for found in better if len(found.data) <= LARGEST_BYTES), light)
    if len(data) <= min(len(light.data), HEAVIEST_BYTES):
        anatomy = read(data)
        return UnfoldedPicture(anatomy.media, anatomy.width, anatomy.height, data)
    if len(light.data) > HEAVIEST_BYTES:
        light = _packed(plain, POOREST_QUALITY)
    if len(light.data) > HEAVIEST_BYTES:
        pixels = plain.width * plain.height
        fitting = int(pixels * _MARGIN * HEAVIEST_BYTES / len(light.data))
        light = _packed(within(plain, max(fitting, pixels // LEGIBLE_SHARE)), POOREST_QUALITY)
    return light


def _packed(picture: Image.Image, quality: int) -> UnfoldedPicture:
    plain = within(picture, picture.width * picture.height)  # no longer than a JPEG may be
    plain.info.clear()
    file = io.BytesIO()
    plain.save(file, "JPEG", quality=quality)
    return UnfoldedPicture("jpg", plain.width, plain.height, file.getvalue())
