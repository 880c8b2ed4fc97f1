"""What a picture is, from its header alone; nothing but a picture or a documented refusal comes out."""

import io
import struct
import warnings
import zlib
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from manyeyes.tasks.pictures import LARGEST_BYTES, SMALLEST_BYTES, Picture, inspect
from manyeyes.values.refusals import Reason, Refusal
from support import factories
from support.made_pictures import END, chunk, head, png

MAGIC = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"]
WHOLE = {media: factories.picture_bytes("7", kind) for media, kind in (("png", "PNG"), ("jpg", "JPEG"), ("gif", "GIF"))}
REASONS = {Reason.PICTURE_TOO_SMALL, Reason.PICTURE_TOO_BIG, Reason.PICTURE_NOT_SUPPORTED}


def png_header(width: int, height: int) -> bytes:
    """Return a PNG whose header promises this size and which holds nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return (MAGIC[0] + chunk + struct.pack(">I", 40) + b"IDAT").ljust(SMALLEST_BYTES, b"\x00")


def gif_frame(width: int, height: int) -> bytes:
    """Return a GIF of 1 x 1 pixels whose first frame promises this size."""
    screen = struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
    return (MAGIC[3] + screen + frame).ljust(SMALLEST_BYTES, b"\x00")


@pytest.mark.parametrize("media", WHOLE)
def test_the_three_kinds_are_known_by_their_first_bytes(media: str):
    assert inspect(WHOLE[media]) == Picture(media, 120, 40, WHOLE[media])


def test_an_animated_gif_is_a_picture():
    frames = [Image.new("P", (30, 20), color) for color in (1, 2, 3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert isinstance(inspect(out.getvalue().ljust(SMALLEST_BYTES, b"\0")), Picture)


@pytest.mark.parametrize(
    "bomb",
    [
        png_header(60_000, 60_000),
        png_header(50_000_001, 1),
        png_header(2**31 - 1, 2**31 - 1),
        gif_frame(65_535, 65_535),
        gif_frame(7_680, 6_800),
    ],
)
@pytest.mark.parametrize("warning", ["error", "ignore"])
def test_a_bomb_is_refused_from_its_header(bomb: bytes, warning: Literal["error", "ignore"]):
    with warnings.catch_warnings():
        warnings.simplefilter(warning)
        refusal = inspect(bomb)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.PICTURE_TOO_BIG


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (0, Reason.PICTURE_TOO_SMALL),
        (SMALLEST_BYTES - 1, Reason.PICTURE_TOO_SMALL),
        (SMALLEST_BYTES, None),
        (LARGEST_BYTES, None),
        (LARGEST_BYTES + 1, Reason.PICTURE_TOO_BIG),
    ],
)
def test_the_limits_of_size_are_the_contracts(size: int, reason: Reason | None):
    decided = inspect(of_size(size))
    assert len(of_size(size)) == size
    assert (decided.reason if isinstance(decided, Refusal) else None) == reason


def of_size(size: int) -> bytes:
    """Return so many bytes: a PNG that a note fills up where there is room for both."""
    bare = png(head(1, 1, 1, 0), chunk(b"IDAT", zlib.compress(bytes(2))), END)
    rest = size - len(bare) - 12
    return noted_with(rest) if rest >= 0 else bare[:size]


def noted_with(size: int) -> bytes:
    return png(head(1, 1, 1, 0), chunk(b"tEXt", bytes(size)), chunk(b"IDAT", zlib.compress(bytes(2))), END)


@given(st.sampled_from([b"", *MAGIC]), st.binary(min_size=SMALLEST_BYTES, max_size=400))
@example(MAGIC[0], b"\x00" * 100)
@example(MAGIC[1], b"\xff" * 100)
def test_any_bytes_are_a_picture_or_a_documented_refusal(magic: bytes, rest: bytes):
    decided = inspect(magic + rest)
    if isinstance(decided, Refusal):
        assert decided.reason in REASONS
    else:
        assert decided.width > 0
        assert decided.height > 0


@given(st.sampled_from(sorted(WHOLE)), st.integers(3, 60), st.binary(min_size=1, max_size=8))
def test_a_damaged_header_never_does_harm(media: str, at: int, garbage: bytes):
    data = WHOLE[media]
    decided = inspect(data[:at] + garbage + data[at + len(garbage) :])
    assert isinstance(decided, Picture) or decided.reason in REASONS


@pytest.mark.parametrize("data", [b"%PDF-1.7" + b"x" * 200, b"<svg " + b"x" * 200, b"BM" + b"x" * 200])
def test_other_kinds_are_not_taken(data: bytes):
    decided = inspect(data)
    assert isinstance(decided, Refusal)
    assert decided.reason is Reason.PICTURE_NOT_SUPPORTED
