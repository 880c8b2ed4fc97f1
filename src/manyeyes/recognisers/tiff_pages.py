"""Whether a TIFF has pages behind its first, which nobody looks at."""

from PIL import Image

NEW_SUBFILE_TYPE, REDUCED = 254, 1  # TIFF 6.0, section 8: bit 0 marks a smaller copy of another page
PAGES_LOOKED_AT = 8  # a file whose second to eighth page are all previews of its first is a camera's


def has_more_pages(picture: Image.Image) -> bool:
    """Tell whether a TIFF holds more than its first page and smaller copies of it; False for every other format.

    The picture is at its first page afterwards. Raises what Pillow raises on broken data.
    """
    if picture.format != "TIFF":
        return False
    try:
        return any(_is_page(picture, number) for number in range(1, PAGES_LOOKED_AT))
    except EOFError:
        return False
    finally:
        picture.seek(0)


def _is_page(picture: Image.Image, number: int) -> bool:
    picture.seek(number)
    tags = getattr(picture, "tag_v2", {})
    return not int(tags.get(NEW_SUBFILE_TYPE, 0)) & REDUCED
