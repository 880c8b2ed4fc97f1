"""Decodes pictures, in a child only: a hostile one ends no other process (docs/decisions/0021).

Odd formats and animated pictures become PNG or JPEG frames that every browser and recogniser reads; a picture too heavy
for people becomes a lighter JPEG.
"""

import io
from collections.abc import Sequence

import msgspec
from PIL import Image, UnidentifiedImageError

from manyeyes.recognisers.child_protocol import Frames, Item, Outcome, Verb
from manyeyes.recognisers.interface import Failure
from manyeyes.recognisers.picture_intake import FRAMES_AT_MOST, PEOPLES_PIXELS
from manyeyes.recognisers.pixels import opened, upright, within
from manyeyes.recognisers.tiff_pages import has_more_pages
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture
from manyeyes.tasks.pictures import LARGEST_BYTES, LARGEST_PIXELS

FRAME_PIXELS = 2_000_000  # of each of several frames; what a screen shows
STILL_PIXELS = 16_000_000
ANIMATED = ("PNG", "GIF", "WEBP")
QUALITY, LIGHT_QUALITIES = 92, (85, 70, 50, 30)


def answer(items: Sequence[Item]) -> list[Outcome]:
    """Return one outcome per item: its frames, or why it has none."""
    return [_answered(item) for item in items]


def _answered(item: Item) -> Outcome:
    try:
        with opened(item.data) as picture:
            return lightened(picture) if item.verb == Verb.LIGHTEN else unfolded(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Failure(f"at most {LARGEST_PIXELS} pixels are taken (read from the header)")
    except UnidentifiedImageError:
        return Failure("this is no picture in a format that is read: PNG, JPEG, WebP, TIFF, BMP or GIF")
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever broken data leads them to
        return Failure(f"the picture cannot be decoded: {error}")


def unfolded(picture: Image.Image) -> Frames:
    """Return the only frame, or up to ten evenly spread ones. Of a TIFF with several pages the first counts."""
    count = getattr(picture, "n_frames", 1) if picture.format in ANIMATED else 1
    if count < 2:
        is_part = has_more_pages(picture)
        return Frames((_encoded(picture, STILL_PIXELS, is_part=is_part),))
    frames = []
    for number in spread(count):
        picture.seek(number)
        frames.append(_encoded(picture, FRAME_PIXELS, is_part=count > FRAMES_AT_MOST))
    return Frames(tuple(frames))


def spread(count: int) -> list[int]:
    """Return up to ten of ``count`` frames' numbers, ascending: the first, the last, and even steps between."""
    if count <= FRAMES_AT_MOST:
        return list(range(count))
    return [round(step * (count - 1) / (FRAMES_AT_MOST - 1)) for step in range(FRAMES_AT_MOST)]


def lightened(picture: Image.Image) -> Frames:
    """Return a JPEG that a person may be sent: as good as fits, smaller only when it must be."""
    plain = within(upright(picture), PEOPLES_PIXELS)
    for quality in LIGHT_QUALITIES:
        light = _written(plain, "jpg", quality=quality)
        if len(light.data) <= LARGEST_BYTES:
            return Frames((light,))
    return Frames((_written(within(plain, PEOPLES_PIXELS // 8), "jpg", quality=LIGHT_QUALITIES[-1]),))


def _encoded(picture: Image.Image, pixels: int, *, is_part: bool) -> UnfoldedPicture:
    """Return a frame, as PNG where it is black and white or has a palette: drawings stay sharp, photographs small."""
    is_drawn = picture.mode in ("1", "P")
    turned = upright(picture)
    plain = within(turned, pixels)
    written = _written(plain, "png") if is_drawn else _written(plain, "jpg", quality=QUALITY, subsampling=0)
    return msgspec.structs.replace(written, shrunk=max(turned.size) / max(plain.size), is_part=is_part)


def _written(picture: Image.Image, media: str, **options: int) -> UnfoldedPicture:
    file = io.BytesIO()
    picture.save(file, {"png": "PNG", "jpg": "JPEG"}[media], **options)
    return UnfoldedPicture(media, picture.width, picture.height, file.getvalue())
