"""What a reader of this room tells of a picture: its size, its frames, which way is up, and what its pixels need."""

from collections.abc import Iterator, Sequence

import msgspec

# A walk is the server's own time. Ten megabytes of ordinary pictures stay far below: 40,000 blocks of a GIF, 20,000 of
# a PNG's data; a JPEG's segments and a PNG's other chunks are dozens.
MOST_BLOCKS, MOST_PARTS = 100_000, 1_000

LARGEST_PIXELS = 50_000_000  # a decompression bomb's header states more; an A4 page at 600 dpi has 35 million


class TooManyPixels(ValueError):
    """The picture's header states more pixels than are decoded; whether it is whole was not looked at."""


class Broken(ValueError):
    """No current browser shows the picture, or only a part of it; the text says why, for the customer."""


class Anatomy(msgspec.Struct, frozen=True, kw_only=True):
    """A whole picture.

    ``media``: png, jpg, gif, webp, bmp or tif. ``width``, ``height``: in pixels, before it is turned. ``is_film``: it
    has several frames. ``orientation``: EXIF's number, 1 to 8; 1 is upright. ``lacks_end``: the mark of its end is
    missing, and decoding alone can tell whether anything else is. ``has_more_pages``: behind the first, which alone
    counts, lie others that are no smaller copies of it. ``pieces``: what its pixels need, in its order.
    """

    media: str
    width: int
    height: int
    is_film: bool = False
    orientation: int = 1
    lacks_end: bool = False
    has_more_pages: bool = False
    pieces: Sequence[bytes | memoryview]

    def cleaned(self) -> bytes:
        """Return the picture without notes: the same pixels, and no word, place, profile or preview beside them."""
        return b"".join(self.pieces)


def check_size(width: int, height: int) -> None:
    """Raise `TooManyPixels` for a size beyond `LARGEST_PIXELS`."""
    if width * height > LARGEST_PIXELS:
        raise TooManyPixels(
            f"{width} x {height} pixels; at most {LARGEST_PIXELS} pixels are taken (read from the header)"
        )


def counted(most: int = MOST_BLOCKS) -> Iterator[int]:
    """Yield 0, 1, 2… for the parts of a picture, so many at most. Raises `Broken`: no honest picture has more."""
    yield from range(most)
    raise Broken("it is made of more pieces than a picture has")
