"""Pictures larger than a recogniser makes out: read in pieces, or without an opinion; never certain of the unseen."""

import io
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from manyeyes.recognisers.advertising import CODE, NORMAL, TEXT
from manyeyes.recognisers.child_protocol import Item
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.piecewise import CloseLook
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.recognisers.sight import LEFT_OUT, TOO_FINE, Sight
from manyeyes.recognisers.unfolded_picture import part_of_file
from manyeyes.tasks.pictures import Picture
from support.drawn_pictures import written
from support.onnx_models import averager, describe

LABELS = {NORMAL: "normal", CODE: "code", TEXT: "text"}
MESSAGE = "Call 555 0142 today"


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[RecogniserPool]:
    """A pool with the settings' memory, and time for the slowest machine: what is too much is tested apart."""
    pool = RecogniserPool(120, 1500)
    yield pool
    await pool.close()


async def found(pool: RecogniserPool, data: bytes) -> list[Finding]:
    pictures = await pool.unfold(data)
    assert isinstance(pictures, list), pictures
    findings = await pool.recognise("advertising", "", LABELS, pictures)
    assert all(isinstance(finding, Finding) for finding in findings), findings
    return [finding for finding in findings if isinstance(finding, Finding)]


def grained(width: int, height: int) -> Image.Image:
    """Return a soft pattern without anything on it, so that no piece is of one colour."""
    return Image.linear_gradient("L").resize((width, height)).point(lambda value: 60 + value // 4).convert("RGB")


def saying(picture: Image.Image, place: tuple[int, int], size: int, fill: str | int = "white") -> Image.Image:
    ImageDraw.Draw(picture).text(place, MESSAGE, font=ImageFont.load_default(size), fill=fill)
    return picture


def page(height: int) -> bytes:
    """Return a white page with one line of text near its end."""
    return written(saying(Image.new("1", (1080, height), 1), (40, height - 700), 36, 0), "PNG")


@pytest.mark.parametrize("height", [3000, 6000, 9000, 14_000, 40_000])
async def test_one_line_of_a_long_page_is_read(pool: RecogniserPool, height: int):
    (finding,) = await found(pool, page(height))
    assert (finding.label, finding.rate > 0.9) == (TEXT, True)
    assert "today" in finding.details["lines"][0]["text"]


async def test_a_word_in_a_strip_is_read_and_its_place_told(pool: RecogniserPool):
    strip = saying(Image.new("RGB", (20_000, 60), "white"), (13_000, 14), 28, "black")
    (finding,) = await found(pool, written(strip, "PNG"))
    assert finding.label == TEXT
    left, top, right, bottom = finding.details["piece"]
    assert left < 13_000 < right
    assert (top, bottom) == (0, 60)


@pytest.mark.parametrize("media", ["JPEG", "WEBP"])
async def test_small_print_in_a_large_photograph_is_read(pool: RecogniserPool, media: str):
    (finding,) = await found(pool, written(saying(grained(6000, 4500), (4100, 2900), 26), media))
    assert (finding.label, finding.rate > 0.9) == (TEXT, True)


async def test_a_small_code_in_a_large_photograph_is_found(pool: RecogniserPool):
    barcode = zxingcpp.create_barcode("https://shop.example/1234", zxingcpp.BarcodeFormat.QRCode)
    code = Image.fromarray(barcode.to_image(scale=4, add_quiet_zones=True)).convert("RGB").resize((120, 120))
    scene = grained(6000, 4000)
    scene.paste(code, (4321, 2345))
    (finding,) = await found(pool, written(scene, "JPEG", quality=85))
    assert (finding.label, finding.rate > 0.9) == (CODE, True)


async def test_a_large_picture_with_nothing_on_it_is_normal(pool: RecogniserPool):
    (finding,) = await found(pool, written(grained(4000, 3000), "JPEG", quality=85))
    assert (finding.label, finding.rate > 0.9) == (NORMAL, True)
    assert finding.details["pieces"] == 6


def test_what_there_is_no_time_for_gets_no_opinion():
    item, nothing = Item(written(grained(400, 300), "PNG")), Finding(NORMAL, 0.99)
    sight = Sight((100, 100), NORMAL)
    asked: list[bytes] = []

    def ask(pictures: Sequence[bytes]) -> list[Finding | Failure]:
        asked.extend(pictures)
        return [nothing] * len(pictures)

    assert CloseLook(sight, 0.0).finding(item, nothing, 0.0, ask).details == {"pieces": 0, "unseen": TOO_FINE}
    assert asked == []
    assert CloseLook(sight, 1000.0).finding(item, nothing, 601.0, ask).rate == 0.0  # the first look took it all
    assert CloseLook(sight, 1000.0).finding(item, nothing, 0.0, ask).rate == 0.99
    assert len(asked) == 20


def test_a_piece_that_fails_or_is_seen_in_part_leaves_a_doubt():
    item, nothing = Item(written(grained(200, 100), "PNG")), Finding(NORMAL, 0.99)
    look = CloseLook(Sight((100, 100), NORMAL), 1000.0)
    told: Iterator[Finding | Failure] = iter(())

    def ask(pictures: Sequence[bytes]) -> list[Finding | Failure]:
        return [next(told) for _ in pictures]

    for odd in (Failure("it is broken"), Finding(NORMAL, 0.99, unseen="the edge")):
        told = itertools.chain([odd], itertools.repeat(nothing))
        doubtful = look.finding(item, nothing, 0.0, ask)
        assert (doubtful.rate, doubtful.details["unseen"]) == (0.0, TOO_FINE)


async def test_frames_that_are_left_out_leave_no_certainty(pool: RecogniserPool):
    frames = [Image.new("RGB", (400, 300), (number * 9, 90, 120)) for number in range(25)]
    saying(frames[12], (20, 100), 36)
    film = written(frames[0], "GIF", save_all=True, append_images=frames[1:])
    findings = await found(pool, film)
    assert [(finding.label, finding.rate) for finding in findings] == [(NORMAL, 0.0)] * 10
    assert {finding.details["unseen"] for finding in findings} == {LEFT_OUT}
    short = written(frames[0], "GIF", save_all=True, append_images=frames[1:9])
    assert all(finding.rate > 0.9 for finding in await found(pool, short))


async def test_a_find_stands_whatever_was_left_out(pool: RecogniserPool):
    data = written(saying(grained(800, 600), (40, 40), 60), "JPEG", quality=85)
    first = part_of_file(Picture("jpg", 800, 600, data))
    (finding,) = await pool.recognise("advertising", "", LABELS, [first])
    assert isinstance(finding, Finding)
    assert (finding.label, finding.rate > 0.9) == (TEXT, True)


async def test_pages_behind_the_first_leave_no_certainty(pool: RecogniserPool):
    first, second = grained(300, 200), saying(grained(800, 600), (40, 40), 60)
    (finding,) = await found(pool, written(first, "TIFF", save_all=True, append_images=[second]))
    assert (finding.label, finding.rate, finding.details["unseen"]) == (NORMAL, 0.0, LEFT_OUT)
    (alone,) = await found(pool, written(first, "TIFF"))
    assert alone.rate > 0.9


async def test_a_smaller_copy_behind_the_first_page_is_no_page(pool: RecogniserPool):
    file = io.BytesIO()
    with Image.new("RGB", (300, 200), "blue") as first, Image.new("RGB", (30, 20), "blue") as preview:
        preview.encoderinfo = {"tiffinfo": {254: 1}}
        first.save(file, "TIFF", save_all=True, append_images=[preview])
    pictures = await pool.unfold(file.getvalue())
    assert not isinstance(pictures, Failure)
    (finding,) = await pool.recognise("advertising", "", LABELS, pictures)
    assert isinstance(finding, Finding)
    assert finding.rate > 0.9


async def test_what_was_shrunk_too_much_on_the_way_gets_no_opinion(pool: RecogniserPool):
    (finding,) = await found(pool, written(Image.new("RGB", (140_000, 8), "red"), "BMP"))
    assert (finding.label, finding.rate, finding.details["unseen"]) == (NORMAL, 0.0, TOO_FINE)
    (finding,) = await found(pool, written(Image.new("RGB", (80_000, 8), "red"), "BMP"))
    assert finding.rate > 0.9


RED, GREEN, BLUE = {0: "red", 1: "green", 2: "blue"}, (0, 255, 0), (0, 0, 255)
BIASED = (255, 60, 0)  # which the model takes for red by far


async def classified(pool: RecogniserPool, model: str, picture: Image.Image) -> Finding:
    (finding,) = await pool.recognise("onnx", model, RED, [Picture("png", *picture.size, written(picture, "PNG"))])
    assert isinstance(finding, Finding), finding
    return finding


async def test_a_classifier_without_a_label_for_nothing_has_no_opinion_of_large_pictures(
    pool: RecogniserPool, tmp_path: Path
):
    (elsewhere := tmp_path / "elsewhere").mkdir()
    for folder in (tmp_path, elsewhere):
        averager(folder)
    small = await classified(pool, describe(tmp_path), Image.new("RGB", (1600, 1600), BIASED))
    assert (small.label, small.rate > 0.4) == (0, True)
    strip = Image.new("RGB", (20_000, 60), BIASED)
    large = await classified(pool, describe(tmp_path), strip)
    assert (large.rate, large.details["unseen"]) == (0.0, TOO_FINE)
    scenes = await classified(pool, describe(elsewhere, sees=[20_000, 20_000]), strip)
    assert scenes.rate == pytest.approx(small.rate)


async def test_a_classifier_with_one_reads_large_pictures_in_pieces(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path)
    model = describe(tmp_path, nothing=2, sees=[400, 400])
    scene = Image.new("RGB", (1200, 700), BLUE)
    scene.putpixel((5, 5), (0, 1, 254))
    plain = await classified(pool, model, scene)
    assert (plain.label, plain.rate > 0.4, plain.details["pieces"]) == (2, True, 8)
    scene.paste(GREEN, (800, 300, 1200, 700))
    scene.putpixel((900, 400), (0, 254, 1))
    finding = await classified(pool, model, scene)
    assert (finding.label, finding.details["piece"]) == (1, [800, 300, 1200, 700])


async def test_a_classifier_that_looks_at_the_middle_owns_up(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path, ("n", 3, 40, 40))
    model = describe(tmp_path, size=[40, 40], resize="crop")
    half = await classified(pool, model, Image.new("RGB", (400, 200), BIASED))
    less = await classified(pool, model, Image.new("RGB", (401, 200), BIASED))
    assert half.rate > 0.4
    assert (less.rate, less.details["unseen"]) == (0.0, "only the middle of this picture was looked at")
