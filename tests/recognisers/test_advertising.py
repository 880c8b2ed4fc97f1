"""The advertising recogniser on pictures that the tests draw: landscapes, codes, messages, signs and receipts."""

import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from demo.pictures import draw
from manyeyes.recognisers.advertising import CODE, NORMAL, SEEN, SURE, TEXT, Code, TextLine, judged
from manyeyes.recognisers.catalogue import check
from manyeyes.recognisers.child_command import environment
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.tasks.pictures import Picture
from support.drawn_pictures import promising, written
from support.labelled_scenes import FORMATS, MESSAGES, landscape, with_code, with_message

LABELS = {NORMAL: "normal", CODE: "code", TEXT: "text"}
BIG = 0.05  # of the picture
ENOUGH = 0.9  # of the pictures; on the drawn ones it is right nearly always, and must not become much worse


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[RecogniserPool]:
    """A pool with the settings' memory, where models of this size must do; time for the slowest machine."""
    pool = RecogniserPool(60, 1500)
    yield pool
    await pool.close()


async def recognised(pool: RecogniserPool, *pictures: Image.Image | bytes) -> list[Finding]:
    files = [picture if isinstance(picture, bytes) else written(picture, "JPEG", quality=85) for picture in pictures]
    found = await pool.recognise("advertising", "", LABELS, [Picture("jpg", 1, 1, data) for data in files])
    assert all(isinstance(finding, Finding) for finding in found), found
    return [finding for finding in found if isinstance(finding, Finding)]


async def test_most_drawn_pictures_get_their_label(pool: RecogniserPool):
    rng = random.Random(20221205)
    drawn = [(NORMAL, landscape(rng)) for _ in range(8)]
    drawn += [(CODE, with_code(rng, kind)) for kind in FORMATS * 2]
    drawn += [(TEXT, with_message(rng, message)) for message in MESSAGES * 2]
    found = await recognised(pool, *(picture for _, picture in drawn))
    right = [wanted == finding.label for (wanted, _), finding in zip(drawn, found, strict=True)]
    assert sum(right) >= ENOUGH * len(drawn), [(w, f) for (w, _), f in zip(drawn, found, strict=True) if w != f.label]


@pytest.mark.parametrize("kind", ["sign", "receipt"])
async def test_signs_and_receipts_are_text(pool: RecogniserPool, kind: str):
    found = await recognised(pool, *(draw(kind, number).data for number in range(3)))
    assert [finding.label for finding in found] == [TEXT] * 3
    assert all(finding.rate > 0.8 for finding in found)


async def test_details_say_what_was_read(pool: RecogniserPool):
    sign = ImageDraw.Draw(scene := landscape(random.Random(1)))
    sign.text((60, 100), "OPEN UNTIL LATE", font=ImageFont.load_default(60), fill="black")
    label, code = await recognised(pool, scene, with_code(random.Random(4), "QRCode"))
    assert "OPEN UNTIL LATE" in [line["text"] for line in label.details["lines"]]
    assert label.details["codes"] == []
    assert code.details["codes"][0]["format"] == "QRCode"
    assert code.details["codes"][0]["text"].startswith("https://shop.example/")


@pytest.mark.parametrize(("kind", "printed"), [("EAN13", "4006381333931"), ("Code39", "SALE 2022")])
async def test_what_a_code_prints_beside_itself_is_no_text(pool: RecogniserPool, kind: str, printed: str):
    barcode = zxingcpp.create_barcode(printed, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = Image.fromarray(barcode.to_image(scale=3, add_hrt=False, add_quiet_zones=True)).convert("RGB")
    sheet = Image.new("RGB", (800, 500), "white")
    sheet.paste(drawn.resize((drawn.width, 160)), (60, 60))
    ImageDraw.Draw(sheet).text((90, 250), printed, font=ImageFont.load_default(56), fill="black")
    (found,) = await recognised(pool, written(sheet, "PNG"))
    assert found.label == CODE
    assert found.rate >= 0.7


async def test_a_picture_turned_by_its_camera_is_read_upright(pool: RecogniserPool):
    exif = Image.Exif()
    exif[0x0112] = 6
    scene = Image.new("RGB", (800, 600), (120, 160, 200))
    ImageDraw.Draw(scene).text((60, 250), "SUMMER SALE", font=ImageFont.load_default(90), fill="white")
    (found,) = await recognised(pool, written(scene.rotate(90, expand=True), "JPEG", exif=exif))
    assert "SUMMER SALE" in [line["text"] for line in found.details["lines"]]


async def test_pictures_of_any_shape_get_an_answer(pool: RecogniserPool):
    shapes = [(12, 12), (3000, 20), (20, 3000), (2500, 2500)]
    found = await recognised(pool, *(Image.new("RGB", size, (40, 90, 160)) for size in shapes))
    assert [finding.label for finding in found] == [NORMAL] * len(shapes)


async def test_a_picture_broken_inside_fails_alone(pool: RecogniserPool):
    whole = written(landscape(random.Random(2)), "PNG")
    pictures = [Picture("png", 1, 1, data) for data in (whole, whole[:-9000], promising(2000, 2000))]
    good, cut, hollow = await pool.recognise("advertising", "", LABELS, pictures)
    assert isinstance(good, Finding)
    assert isinstance(cut, Failure)
    assert isinstance(hollow, Failure)
    assert "cannot be decoded" in cut.fault


def test_a_code_wins_over_text_and_weak_finds_lower_the_rate_of_normal():
    code, doubtful = Code("QRCode", "x", SURE), Code("PDF417", "", SEEN)
    text, smudge, speck = (
        TextLine("SALE TODAY", 0.95, BIG),
        TextLine("l", 0.5, BIG),
        TextLine("SALE TODAY", 0.95, 0.0001),
    )
    assert judged([], []) == (NORMAL, SURE)
    assert judged([code], [text]) == (CODE, pytest.approx(SURE))
    assert judged([], [text]) == (TEXT, pytest.approx(0.95))
    assert judged([], [text, text])[1] > judged([], [text])[1]
    assert judged([doubtful], []) == (CODE, pytest.approx(SEEN))
    for weak in (smudge, speck):
        label, rate = judged([], [weak])
        assert (label, 0.9 < rate < SURE) == (NORMAL, True)
    assert judged([], [smudge] * 8)[1] < judged([], [smudge])[1]


def test_it_needs_its_three_labels_and_no_model():
    check("advertising", "", {**LABELS, 7: "something of the customer's"})
    with pytest.raises(ValueError, match="the recognition has no 1, no 2"):
        check("advertising", "", {0: "normal"})
    with pytest.raises(ValueError, match="brings its own models"):
        check("advertising", "other.toml", LABELS)


def test_its_models_lie_in_its_package_and_nothing_is_fetched(tmp_path: Path):
    code = (
        "from manyeyes.recognisers import sandbox; assert sandbox.cut_off()\n"
        "from rapidocr.utils.download_file import DownloadFile\n"
        "def fetch(*_): raise AssertionError('it wants to fetch')\n"
        "DownloadFile.run = fetch\n"
        "from manyeyes.recognisers.advertising import open_advertising\n"
        f"data = open({str(tmp_path / 'picture')!r}, 'rb').read()\n"
        "print(open_advertising('').recognise([data], {0: 'a', 1: 'b', 2: 'c'})[0].label)"
    )
    (tmp_path / "picture").write_bytes(draw("sign", 1).data)
    alone = {**environment(), "HOME": str(tmp_path)}  # no cache of an earlier run
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=alone, check=False)
    assert done.stdout.strip() == str(TEXT), done.stderr
