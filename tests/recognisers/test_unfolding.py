"""What becomes of a picture before a recogniser or a person sees it."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from manyeyes.pictures.reader import read
from manyeyes.recognisers.frame_decoder import spread
from manyeyes.recognisers.interface import Failure
from manyeyes.recognisers.lighter_picture import HEAVIEST_BYTES
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture
from support.drawn_pictures import animated, painting, promising, promising_webp, written

TURNED = 6  # EXIF: the viewer turns it a quarter to the right
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" + b" " * 40


def pixels(picture: Picture) -> Image.Image:
    with Image.open(io.BytesIO(picture.data)) as opened:
        assert opened.size == (picture.width, picture.height)
        assert opened.format == {"png": "PNG", "jpg": "JPEG", "gif": "GIF"}[picture.media]
        return opened.convert("RGB")


def colours(picture: Image.Image) -> list[tuple[int, ...]]:
    """Return a picture's pixels, row by row."""
    raw = picture.tobytes()
    return [tuple(raw[at : at + 3]) for at in range(0, len(raw), 3)]


async def unfolded(pool: RecogniserPool, data: bytes) -> list[Picture]:
    found = await pool.unfold(data)
    assert isinstance(found, list), found
    return found


async def fault(pool: RecogniserPool, data: bytes) -> str:
    found = await pool.unfold(data)
    assert isinstance(found, Failure), found
    return found.fault


@pytest.mark.parametrize(("media", "short"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif")])
async def test_a_plain_still_picture_stays_as_it_is_without_its_notes(pool: RecogniserPool, media: str, short: str):
    data = written(painting(), media)
    assert await pool.unfold(data) == [UnfoldedPicture(short, 120, 80, read(data).cleaned())]


@pytest.mark.parametrize(
    ("mode", "media", "options"),
    [
        ("RGB", "WEBP", {}),
        ("RGB", "WEBP", {"lossless": True}),
        ("RGBA", "WEBP", {}),
        ("RGB", "BMP", {}),
        ("P", "BMP", {}),
        ("RGB", "TIFF", {}),
        ("CMYK", "TIFF", {}),
        ("RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("L", "TIFF", {}),
        ("I;16", "TIFF", {}),
    ],
)
async def test_every_other_format_becomes_one_that_a_browser_reads(
    pool: RecogniserPool, mode: str, media: str, options: dict[str, Any]
):
    source = painting(mode="L").convert("I;16").point(lambda v: v * 256) if mode == "I;16" else painting(mode=mode)
    (picture,) = await unfolded(pool, written(source, media, **options))
    wanted = painting(mode="L" if mode in ("L", "I;16") else "RGB").convert("RGB")
    here, there = pixels(picture).resize((12, 8)), wanted.resize((12, 8))
    for a, b in zip(colours(here), colours(there), strict=True):
        assert all(abs(one - other) < 40 for one, other in zip(a, b, strict=True)), (a, b)


async def test_a_scanned_page_stays_black_and_white(pool: RecogniserPool):
    page = painting(mode="1")
    (picture,) = await unfolded(pool, written(page, "TIFF", compression="group4"))
    assert picture.media == "png"
    assert pixels(picture).tobytes() == page.convert("RGB").tobytes()


async def test_of_several_pages_the_first_is_taken(pool: RecogniserPool):
    first, second = painting(mode="1"), painting(60, 40, mode="1")
    (picture,) = await unfolded(pool, written(first, "TIFF", save_all=True, append_images=[second]))
    assert (picture.width, picture.height) == (120, 80)


async def test_what_cannot_be_seen_through_lies_on_white(pool: RecogniserPool):
    glass = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    glass.paste(painting(), (70, 110))
    (picture,) = await unfolded(pool, written(glass, "WEBP", lossless=True))
    assert pixels(picture).getpixel((20, 20)) == (255, 255, 255)


async def test_a_picture_is_turned_as_its_camera_says(pool: RecogniserPool):
    upright = Image.new("RGB", (60, 40), "blue")
    exif = Image.Exif()
    exif[0x0112] = TURNED
    (picture,) = await unfolded(pool, written(upright, "WEBP", exif=exif))
    assert (picture.width, picture.height) == (40, 60)


@pytest.mark.parametrize("media", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize(("count", "frames"), [(2, 2), (10, 10), (25, 10)])
async def test_a_film_becomes_up_to_ten_frames_evenly_spread(pool: RecogniserPool, media: str, count: int, frames: int):
    found = await unfolded(pool, animated(media, count))
    assert len(found) == frames
    for picture, number in zip(found, spread(count), strict=True):
        wanted = colours(painting(40, 30, shade=number * 17))[25 * 40 + 35]
        seen = colours(pixels(picture))[25 * 40 + 35]
        assert all(abs(one - other) < 24 for one, other in zip(seen, wanted, strict=True)), (number, seen, wanted)


def test_the_spread_begins_with_the_first_frame_and_ends_with_the_last():
    assert spread(1) == [0]
    assert spread(10) == list(range(10))
    assert spread(11) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert spread(100) == [0, 11, 22, 33, 44, 55, 66, 77, 88, 99]


@pytest.mark.parametrize("media", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
async def test_a_truncated_picture_fails(pool: RecogniserPool, media: str):
    data = written(painting(300, 200), media)
    assert await fault(pool, data[: len(data) // 2])


@pytest.mark.parametrize("media", ["GIF", "PNG", "WEBP"])
async def test_a_truncated_film_fails(pool: RecogniserPool, media: str):
    data = animated(media, 12)
    assert await fault(pool, data[: len(data) // 2])


@pytest.mark.parametrize(
    "data",
    [
        promising(10_000, 5_001),
        promising(100_000, 100_000),
        promising_webp(16_000, 16_000),
        promising_webp(8_000, 8_000),
        written(Image.new("1", (8_000, 6_300)), "TIFF", compression="group4"),
        written(Image.new("1", (8_000, 6_300)), "GIF"),
    ],
    ids=["png", "vast png", "vast webp", "webp", "fax", "gif"],
)
async def test_a_picture_that_promises_too_much_fails_undecoded(pool: RecogniserPool, data: bytes):
    assert "at most 50000000" in await fault(pool, data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SVG, "SVG, HTML or other XML"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html><body>" + b" " * 100, "SVG, HTML or other XML"),
        (SVG.decode().encode("utf-16"), "SVG, HTML or other XML"),
        (b"%PDF-1.7\n" + b" " * 100, "PDF document"),
        (b"PK\x03\x04" + b"\0" * 100, "archives are not unpacked"),
        (b"\x1f\x8b" + b"\0" * 100, "compressed data"),
        (HEIC, "HEIC is not read"),
        (HEIC.replace(b"heic", b"avif"), "AVIF is not read"),
        (HEIC.replace(b"heic", b"mp42"), "video is not read"),
        (b"plain words" * 20, "no picture in a format that is read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + b" " * 100, "no picture in a format that is read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is damaged"),
        (b"", "0 bytes came"),
        (b"BM" + b"\0" * 20, "22 bytes came"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
async def test_what_only_pretends_to_be_a_picture_fails(pool: RecogniserPool, data: bytes, said: str):
    assert said in await fault(pool, data)


async def test_more_than_ten_megabytes_are_not_looked_at(pool: RecogniserPool):
    assert "100 to 10000000 are taken" in await fault(pool, written(painting(), "BMP") + b"\0" * 10_000_000)


async def test_a_long_strip_is_made_to_fit(pool: RecogniserPool):
    (picture,) = await unfolded(pool, written(Image.new("RGB", (131_000, 4), "red"), "BMP"))
    assert (picture.width, picture.height) == (65_500, 2)


async def test_a_light_picture_goes_to_people_as_it_is(pool: RecogniserPool):
    picture = Picture("png", 120, 80, written(painting(), "PNG"))
    assert await pool.for_people(picture) is picture


def picture_of(source: Image.Image, media: str = "PNG", **options: Any) -> Picture:
    return Picture({"PNG": "png", "JPEG": "jpg"}[media], *source.size, written(source, media, **options))


async def lightened(pool: RecogniserPool, heavy: Picture) -> Picture:
    assert len(heavy.data) > LARGEST_BYTES
    found = await pool.for_people(heavy)
    assert isinstance(found, Picture)
    assert pixels(found)
    return found


async def test_many_pixels_go_to_people_as_they_are(pool: RecogniserPool):
    page = picture_of(Image.new("1", (1080, 14_000), 1))
    assert await pool.for_people(page) is page


async def test_a_heavy_picture_becomes_a_lighter_one_of_the_same_size(pool: RecogniserPool):
    smooth = Image.effect_noise((30, 20), 90).resize((3000, 2000), Image.Resampling.BICUBIC)
    found = await lightened(pool, picture_of(smooth, "JPEG", quality=100))
    assert (found.media, found.width, found.height) == ("jpg", 3000, 2000)
    assert len(found.data) <= LARGEST_BYTES


async def test_a_long_page_of_letters_keeps_its_pixels_whatever_it_weighs(pool: RecogniserPool):
    page = Image.new("RGB", (1080, 14_000), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    for top in range(0, 14_000, 22):
        draw.text((8, top), f"the meter of house {top} reads {top * 7919 % 99_991} today; " * 4, "black", font)
    heavy = picture_of(page, compress_level=1)
    found = await lightened(pool, heavy)
    assert (found.width, found.height) == page.size
    assert len(found.data) <= min(HEAVIEST_BYTES, len(heavy.data))


async def test_what_weighs_less_than_its_jpeg_stays_as_it_came(pool: RecogniserPool):
    dots = Image.effect_noise((2800, 2800), 90).convert("1", dither=Image.Dither.NONE)
    heavy = picture_of(dots)
    assert (await lightened(pool, heavy)).data == heavy.data


async def test_the_heaviest_is_shrunk_as_little_as_need_be_and_never_beyond_half(pool: RecogniserPool):
    noise = Image.effect_noise((4200, 4200), 90)
    found = await lightened(pool, picture_of(noise, "JPEG", quality=55))
    assert len(found.data) <= HEAVIEST_BYTES
    assert 2100 <= found.width == found.height < 4200


async def test_frames_of_a_large_film_keep_half_of_each_side(pool: RecogniserPool):
    frames = [Image.new("P", (4000, 3000), number) for number in (1, 2)]
    found = await unfolded(pool, written(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert [(frame.width, frame.height) for frame in found] == [(2000, 1500)] * 2


async def test_a_heavy_picture_that_is_broken_inside_reaches_nobody(pool: RecogniserPool):
    data = bytearray(written(Image.effect_noise((900, 900), 90), "PNG"))
    found = await pool.for_people(Picture("png", 900, 900, bytes(data[:-200_000])))
    assert isinstance(found, Failure)
    assert "the PNG is truncated" in found.fault
