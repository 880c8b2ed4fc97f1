"""Decodes pictures, in a child only: a hostile one ends no other process (docs/decisions/0021).

Odd formats and animated pictures become PNG or JPEG frames that every browser and recogniser reads. What a picture too
heavy for people becomes: lighter_picture.py.
"""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from PIL import Image

from manyeyes.pictures.anatomy import Broken, TooManyPixels
from manyeyes.pictures.exif import UPRIGHT
from manyeyes.pictures.reader import is_plain, read
from manyeyes.recognisers.child_protocol import Frames, Item, Outcome, Verb
from manyeyes.recognisers.data_check import whole
from manyeyes.recognisers.interface import Failure
from manyeyes.recognisers.lighter_picture import lighter
from manyeyes.recognisers.picture_intake import FRAMES_AT_MOST
from manyeyes.recognisers.pixels import FORMATS, LEGIBLE_SHARE, opened_clean, upright, within
from manyeyes.recognisers.turning import turned
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture, part_of_file

FRAME_PIXELS = 2_000_000  # of each of several frames; what a screen shows
STILL_PIXELS = 16_000_000
ANIMATED = ("PNG", "GIF", "WEBP")
QUALITY = 92


def answer(items: Sequence[Item]) -> list[Outcome]:
    """Return one outcome per item: its frames, or why it has none."""
    return [_answered(item) for item in items]


def _answered(item: Item) -> Outcome:
    try:
        return _VERBS[item.verb](item.data)
    except (Broken, TooManyPixels) as fault:
        return Failure(str(fault))
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever broken data leads them to
        return Failure(f"the picture cannot be decoded: {error}")


def unfolded(data: bytes) -> Frames:
    """Return the only frame, or up to ten evenly spread ones, without notes. Of a TIFF the first page counts.

    A still PNG, JPEG or GIF whose pixels are all there stays as it is otherwise; one that lies on its side is turned.
    """
    anatomy = read(data)
    clean = whole(anatomy)
    if is_plain(data) and not anatomy.is_film:
        if anatomy.orientation == UPRIGHT:
            return Frames((UnfoldedPicture(anatomy.media, anatomy.width, anatomy.height, clean),))
        return Frames((turned(anatomy, clean),))
    with opened_clean(anatomy, clean) as picture:
        count = getattr(picture, "n_frames", 1) if picture.format in ANIMATED else 1
        if count < 2:
            return Frames((_encoded(picture, STILL_PIXELS, is_part=anatomy.has_more_pages),))
        frames = [_encoded(picture, FRAME_PIXELS)]
        with suppress(EOFError, OSError, SyntaxError, ValueError):  # browsers stop at a broken frame, and show the rest
            for number in spread(count)[1:]:
                picture.seek(number)
                frames.append(_encoded(picture, FRAME_PIXELS))
        return Frames(tuple(part_of_file(frame) for frame in frames) if len(frames) < count else tuple(frames))


def spread(count: int) -> list[int]:
    """Return up to ten of ``count`` frames' numbers, ascending: the first, the last, and even steps between."""
    if count <= FRAMES_AT_MOST:
        return list(range(count))
    return [round(step * (count - 1) / (FRAMES_AT_MOST - 1)) for step in range(FRAMES_AT_MOST)]


def lightened(data: bytes) -> Frames:
    """Return the picture as a person may be sent it: see `lighter`."""
    return Frames((lighter(data),))


def checked(data: bytes) -> Frames:
    """Return no frames: all that was asked is whether the picture's pixels are there. Raises `Broken` otherwise."""
    whole(read(data))
    return Frames(())


def shown(data: bytes) -> Frames:
    """Return a kept picture as a person may see it: upright, without notes.

    One whose structure is none that is taken today, as it was stored by an earlier version, is encoded anew.
    """
    try:
        anatomy = read(data)
    except Broken:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            return Frames((_encoded(picture, STILL_PIXELS),))
    return Frames((turned(anatomy, whole(anatomy)),))


def _encoded(picture: Image.Image, pixels: int, *, is_part: bool = False) -> UnfoldedPicture:
    """Return a frame, as PNG where it is black and white or has a palette: drawings stay sharp, photographs small."""
    is_drawn = picture.mode in ("1", "P")
    turned = upright(picture)
    plain = within(turned, max(pixels, turned.width * turned.height // LEGIBLE_SHARE))
    written = _written(plain, "png") if is_drawn else _written(plain, "jpg", quality=QUALITY, subsampling=0)
    return msgspec.structs.replace(written, shrunk=max(turned.size) / max(plain.size), is_part=is_part)


def _written(picture: Image.Image, media: str, **options: Any) -> UnfoldedPicture:
    picture.info.clear()  # Pillow writes what it finds there
    file = io.BytesIO()
    picture.save(file, {"png": "PNG", "jpg": "JPEG"}[media], **options)
    return UnfoldedPicture(media, picture.width, picture.height, file.getvalue())


_VERBS: dict[Verb, Callable[[bytes], Frames]] = {
    Verb.UNFOLD: unfolded,
    Verb.LIGHTEN: lightened,
    Verb.CHECK: checked,
    Verb.TURN: shown,
}
