"""The colours keep their distance: WCAG 2.2 contrast, computed from the tokens in the style sheets."""

import re
from pathlib import Path

import pytest

import manyeyes.console

STATIC = Path(manyeyes.console.__file__).parent / "static"
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
TEXT, SIGN = 4.5, 3.0  # WCAG 2.2: 1.4.3 text, 1.4.11 borders, icons, focus
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "sheet", TEXT),
    ("ink", "amber-wash", TEXT),
    ("ink", "bad-wash", TEXT),
    ("faint", "paper", TEXT),
    ("faint", "sheet", TEXT),
    ("faint", "bad-wash", TEXT),
    ("good", "sheet", TEXT),
    ("bad", "paper", TEXT),
    ("bad", "sheet", TEXT),
    ("amber-ink", "sheet", TEXT),
    ("on-deed", "deed", TEXT),
    ("focus", "paper", SIGN),
    ("focus", "sheet", SIGN),
    ("edge", "paper", SIGN),
    ("edge", "sheet", SIGN),
    ("amber", "sheet", SIGN),
    ("amber", "paper", SIGN),
]


def tokens(sheet: str) -> dict[str, str]:
    return dict(TOKEN.findall((STATIC / sheet).read_text("utf-8")))


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_itself():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("sheet", ["base.css", "dark.css"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_told_apart(sheet, front, back, least):
    found = tokens("base.css") | tokens(sheet)
    assert contrast(found[front], found[back]) >= least


def test_the_dark_sheet_answers_every_colour_of_the_light_one():
    assert set(tokens("dark.css")) == set(tokens("base.css"))
