"""The one reader of pictures: what is taken, what is not, and what a clean copy is."""

import io
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from manyeyes.pictures.anatomy import MOST_BLOCKS, MOST_PARTS, Broken, TooManyPixels
from manyeyes.pictures.exif import orientation_of
from manyeyes.pictures.reader import read
from manyeyes.recognisers.data_check import whole
from support import judged_pictures, judged_pngs
from support.drawn_pictures import painting, written
from support.judged_pictures import GIF, JPEG, NOT_TAKEN, PROGRESSIVE, TAKEN, TURNED, WEBP
from support.made_pictures import (
    END,
    EXIF,
    FILM,
    GOOD_DATA,
    WIDTH,
    chunk,
    extension,
    gif_head,
    head,
    noted,
    orientation,
    png,
    riff,
    riff_chunks,
    segment,
    with_extensions,
    with_segments,
)

# Pieces of notes that must be in nobody's copy.
SECRETS = (b"Example Street", b"Ann", b"Exif", b"eXIf", b"EXIF", b"XMP", b"xmpmeta", b"8BIM", b"ICC", b"iCCP", b"tEXt")
TIFF = TURNED["TIFF turned"]


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGBA").tobytes()


@pytest.mark.parametrize("name", TAKEN)
def test_what_browsers_show_is_taken_and_its_clean_copy_is_the_whole_picture(name: str):
    anatomy = read(TAKEN[name])
    assert pixels(whole(anatomy))
    clean = anatomy.cleaned()
    again = read(clean)
    assert again.cleaned() == clean or anatomy.media == "tif"
    assert (again.width, again.height, again.orientation) == (anatomy.width, anatomy.height, 1)


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_browsers_do_not_show_is_broken(name: str):
    with pytest.raises((Broken, OSError)):
        whole(read(NOT_TAKEN[name]))


@pytest.mark.parametrize("name", TURNED)
def test_the_orientation_counts_wherever_it_can_be_read(name: str):
    assert read(TURNED[name]).orientation == 6


@pytest.mark.parametrize(
    ("bare", "with_notes"),
    [
        (noted(), [noted(note) for note in judged_pngs.NOTES.values()]),
        (JPEG, [with_segments(JPEG, note) for note in judged_pictures.NOTES.values()]),
        (GIF, [with_extensions(GIF, note) for note in judged_pictures.GIF_NOTES.values()]),
    ],
    ids=["png", "jpg", "gif"],
)
def test_notes_leave_no_trace_in_the_clean_copy(bare: bytes, with_notes: list[bytes]):
    """Adobe's number of a transform is none: it says what the colours are."""
    wanted = pixels(bare)
    for data in with_notes:
        clean = read(data).cleaned()
        assert not [secret for secret in SECRETS if secret in clean]
        if b"Adobe" not in data:
            assert pixels(clean) == wanted


def test_a_preview_and_whatever_follows_the_end_are_left_out():
    preview = written(painting(30, 20), "JPEG")
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\x0a\x0a" + bytes(300))
    noisy = with_segments(JPEG, jfif, segment(0xE1, EXIF + preview)) + PROGRESSIVE
    clean = read(noisy).cleaned()
    assert len(clean) <= len(JPEG) + 18
    assert clean.count(b"\xff\xd9") == 1
    assert pixels(clean) == pixels(JPEG)


def test_a_film_keeps_its_time_and_its_repetitions():
    for media in ("PNG", "GIF", "WEBP"):
        data = FILM[media]
        anatomy = read(data)
        assert anatomy.is_film
        with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(anatomy.cleaned())) as after:
            assert after.n_frames == before.n_frames == 3  # type: ignore[attr-defined]
            assert after.info.get("duration") == before.info.get("duration")
            assert after.info.get("loop") == before.info.get("loop")


@pytest.mark.parametrize("size", [1, 3, 8, 29])
def test_a_jpeg_that_ends_within_its_last_lines_is_cut_off(size: int):
    """Only the mark of the end may be missing: what a decoder would fill up by itself is not the customer's picture."""
    assert whole(read(JPEG[:-2]))
    with pytest.raises(Broken, match="truncated"):
        whole(read(JPEG[: -2 - size]))


@given(st.binary(max_size=200), st.sampled_from([b"", EXIF]), st.sampled_from([b"", b"MM\0*", b"II*\0"]))
def test_any_exif_has_an_orientation(noise: bytes, prefix: bytes, order: bytes):
    assert 1 <= orientation_of(prefix + order + noise) <= 8


@given(st.integers(0, 70_000), st.sampled_from("<>"))
def test_an_orientation_that_exif_does_not_know_is_upright(number: int, order: str):
    block = orientation(number % 65_536, order)
    assert orientation_of(block) == (number % 65_536 if 1 <= number % 65_536 <= 8 else 1)


def mutated(data: bytes, seed: int) -> bytes:
    """Return the data with a few places changed, cut out, doubled or moved."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(changed) + 1), chance.randint(1, 40)
        piece = bytes(changed[at : at + size])
        other = chance.choice((b"", piece + piece, chance.randbytes(size), b"\xff" * size, bytes(size), piece[::-1]))
        changed[at : at + size] = other
    return bytes(changed[: chance.choice((len(changed), len(changed), chance.randrange(len(changed) + 1)))])


@settings(max_examples=600)
@given(st.sampled_from([*TAKEN.values(), WEBP, TIFF]), st.integers(0, 2**32))
def test_a_mutated_picture_is_read_or_broken_and_its_copy_is_clean(data: bytes, seed: int):
    changed = mutated(data, seed)
    try:
        anatomy = read(changed)
    except (Broken, TooManyPixels):
        return
    assert anatomy.width > 0
    assert anatomy.height > 0
    clean = anatomy.cleaned()
    again = read(clean)
    assert again.cleaned() == clean or anatomy.media == "tif"
    assert again.orientation == 1
    assert (again.width, again.height, again.is_film) == (anatomy.width, anatomy.height, anatomy.is_film)


@settings(max_examples=60)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    kind=st.sampled_from(
        [("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")]
        + [("JPEG", mode) for mode in ("L", "RGB", "CMYK")]
        + [("GIF", "P"), ("WEBP", "RGB"), ("TIFF", "RGB"), ("TIFF", "1"), ("BMP", "RGB"), ("BMP", "L")]
    ),
    seed=st.integers(0, 2**32),
)
def test_a_clean_copy_has_the_very_pixels(size: tuple[int, int], kind: tuple[str, str], seed: int):
    noise = random.Random(seed).randbytes(size[0] * size[1] * 3)
    media, mode = kind
    drawn = Image.frombytes("RGB", size, noise)
    picture = drawn.convert("L").convert("I").convert("I;16") if mode == "I;16" else drawn.convert(mode)
    data = written(picture, media)
    clean = whole(read(data))
    assert pixels(clean) == pixels(data)


def full_of(kind: str, count: int) -> bytes:
    """Return a whole picture of exactly so many pieces of a kind that is counted."""
    comment = segment(0xFE)
    if kind == "segments":  # of a JPEG
        own = sum(1 for _ in read_segments(JPEG))
        return with_segments(JPEG, comment * (count - own))
    if kind == "chunks":  # of a PNG: IHDR, notes and IEND
        return noted(chunk(b"tEXt") * (count - 2))
    if kind == "data":  # of a PNG
        return png(head(), chunk(b"IDAT") * (count - 1), GOOD_DATA, END)
    if kind == "blocks":  # of a GIF: each comment has one and its end
        own = gif_blocks(GIF)
        return with_extensions(GIF, extension(0xFE) * (count - own))
    return riff(*riff_chunks(WEBP), *[(b"ABCD", b"")] * (count - len(riff_chunks(WEBP))))


def read_segments(data: bytes) -> Iterator[int]:
    """Yield the markers of a JPEG of one scan, less those of its start and its end."""
    at = 2
    while data[at + 1] != 0xDA:
        yield data[at + 1]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    yield 0xDA


def gif_blocks(data: bytes) -> int:
    """Return how many sub-blocks a GIF of one frame has, the empty one at their end with them."""
    at, count = gif_head(data) + 11, 1
    while data[at]:
        at, count = at + 1 + data[at], count + 1
    return count


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("segments", MOST_PARTS),
        ("chunks", MOST_PARTS),
        ("data", MOST_BLOCKS),
        ("blocks", MOST_BLOCKS),
        ("webp", MOST_BLOCKS),
    ],
)
def test_a_picture_has_no_more_pieces_than_it_costs_little_to_walk_over(kind: str, most: int):
    assert read(full_of(kind, most)).width == WIDTH
    with pytest.raises(Broken, match="more pieces than a picture has"):
        read(full_of(kind, most + 1))
