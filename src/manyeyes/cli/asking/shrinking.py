"""Pictures that are too large, or in a format that is not taken, made into JPEG pictures that are."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from manyeyes_client.pictures import LARGEST_BYTES

SIDES = (4000, 3000, 2000, 1500, 1000, 600)  # pixels of the longer side, tried in turn
QUALITY = 85


def shrunk(data: bytes) -> bytes | None:
    """Return the picture upright as JPEG, as large as fits; None when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    for side in SIDES:
        picture.thumbnail((side, side))
        kept = io.BytesIO()
        picture.save(kept, "JPEG", quality=QUALITY)
        if kept.tell() <= LARGEST_BYTES:
            return kept.getvalue()
    return None
