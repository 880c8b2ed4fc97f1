"""What a submitted picture is: within the contract's limits, and one that browsers show as far as its structure tells.

Nothing is decoded here: structure is read by the one reader (pictures/reader.py), all else happens in a child.
"""

import msgspec

from manyeyes.pictures.anatomy import Broken, TooManyPixels
from manyeyes.pictures.reader import is_plain, read
from manyeyes.values.refusals import Reason, Refusal

SMALLEST_BYTES = 100  # docs/contracts/anticaptcha.md#pictures: errors 3 and 4
LARGEST_BYTES = 500_000


class Picture(msgspec.Struct, frozen=True):
    """``media`` is png, jpg or gif; ``width`` and ``height`` in pixels, as the header states them."""

    media: str
    width: int
    height: int
    data: bytes


def inspect(data: bytes, largest_bytes: int = LARGEST_BYTES) -> Picture | Refusal:
    """Return the picture that ``data`` holds, judged by its structure, or the documented refusal (errors 3, 4, 15).

    Only decoding tells the rest: `RecogniserPool.check`.
    """
    if len(data) < SMALLEST_BYTES:
        return Refusal(Reason.PICTURE_TOO_SMALL, f"{len(data)} bytes came; a picture has at least {SMALLEST_BYTES}")
    if len(data) > largest_bytes:
        return Refusal(Reason.PICTURE_TOO_BIG, f"{len(data)} bytes came; at most {largest_bytes} are taken")
    if not is_plain(data):
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, "the file header is neither JPEG, GIF nor PNG")
    try:
        found = read(data)
    except TooManyPixels as fault:
        return Refusal(Reason.PICTURE_TOO_BIG, str(fault))
    except Broken as broken:
        return Refusal(Reason.PICTURE_NOT_SUPPORTED, str(broken))
    return Picture(found.media, found.width, found.height, data)
