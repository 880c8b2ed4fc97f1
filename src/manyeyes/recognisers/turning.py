"""Turns a picture the way up that its EXIF says, with as little loss as its format allows; in a child only.

Lossless as PNG; a JPEG is packed anew with its own quantisation, so that most of its numbers come out as they were.
"""

import io
from typing import Any

from PIL import Image, JpegImagePlugin

from manyeyes.pictures.anatomy import Anatomy
from manyeyes.pictures.exif import UPRIGHT
from manyeyes.recognisers.pixels import opened_clean, turned_up
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture

_QUARTERS = (5, 6, 7, 8)  # orientations that make rows of columns
_SIDE = 8  # of a JPEG's block, and of its table of quantisation
_ALIKE_BOTH_WAYS = (0, 2)  # Pillow's samplings 4:4:4 and 4:2:0
_WRITTEN = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")  # modes that PNG has


def turned(anatomy: Anatomy, clean: bytes) -> UnfoldedPicture:
    """Return the clean copy of a picture upright, as it is when it lies that way already. Of a film the first frame."""
    if anatomy.orientation == UPRIGHT:
        return UnfoldedPicture(anatomy.media, anatomy.width, anatomy.height, clean)
    with opened_clean(anatomy, clean) as picture:
        if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture.mode in ("L", "RGB"):
            options = _own_packing(picture, anatomy.orientation in _QUARTERS)
            return _written(turned_up(picture), "jpg", options)
        upright = turned_up(picture)
        transparency = upright.info.get("transparency")
        options = {} if transparency is None else {"transparency": transparency}
        return _written(upright if upright.mode in _WRITTEN else upright.convert("RGB"), "png", options)


def _own_packing(picture: JpegImagePlugin.JpegImageFile, is_quarter: bool) -> dict[str, Any]:
    tables = [_turned_table(table) if is_quarter else list(table) for _, table in sorted(picture.quantization.items())]
    sampling = JpegImagePlugin.get_sampling(picture)
    fitting = sampling in _ALIKE_BOTH_WAYS or (sampling >= 0 and not is_quarter)
    return {"qtables": tables, "subsampling": sampling if fitting else 0}


def _turned_table(table: list[int]) -> list[int]:
    return [table[column * _SIDE + row] for row in range(_SIDE) for column in range(_SIDE)]


def _written(picture: Image.Image, media: str, options: dict[str, Any]) -> UnfoldedPicture:
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, {"png": "PNG", "jpg": "JPEG"}[media], **options)
    return UnfoldedPicture(media, picture.width, picture.height, file.getvalue())
