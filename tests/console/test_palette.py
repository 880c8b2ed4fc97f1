"""The colours keep their distance: WCAG 2.2 contrast, computed from the tokens in the style sheets."""

import re
from itertools import combinations
from math import dist
from pathlib import Path
from typing import Any

import pytest

import manyeyes.console

STATIC = Path(manyeyes.console.__file__).parent / "static" / "shared"
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


# How far apart two hues of a drawing must lie in OKLab (Ottosson 2020), where 0.02 is just noticed.
FAR_APART = 0.1
HUES = [f"hue-{letter}" for letter in "abcdef"]
# What people with one of the three kinds of cones missing see: Machado, Oliveira, Fernandes 2009, severity 1.
EYES = {
    "all three": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def times(matrix, vector) -> list[Any]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def oklab(colour: str, eyes: str) -> list[float]:
    """``#rrggbb`` as it is seen."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    seen = [min(max(part, 0), 1) for part in times(EYES[eyes], linear)]
    cones = times(
        [
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        ],
        seen,
    )
    return times(
        [
            (0.2104542553, 0.7936177850, -0.0040720468),
            (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660),
        ],
        [cone ** (1 / 3) for cone in cones],
    )


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("sheet", ["base.css", "dark.css"])
def test_hues_of_a_drawing_are_told_apart_by_all_eyes(sheet, eyes):
    found = tokens("base.css") | tokens(sheet)
    for one, other in combinations(HUES, 2):
        assert dist(oklab(found[one], eyes), oklab(found[other], eyes)) >= FAR_APART, (one, other)


@pytest.mark.parametrize("sheet", ["base.css", "dark.css"])
@pytest.mark.parametrize("hue", [*HUES, "edge", "amber", "bad", "faint"])
def test_hues_stand_out_from_the_sheet(sheet, hue):
    found = tokens("base.css") | tokens(sheet)
    assert contrast(found[hue], found["sheet"]) >= SIGN


def test_two_greens_and_reds_would_not_pass():
    assert dist(oklab("#b3261e", "deuteranopia"), oklab("#6a5a00", "deuteranopia")) < FAR_APART
