"""Write src/manyeyes/values/text/code_points.py: what each character is to a text that somebody types.

Run by the oldest Python that is supported, whose Unicode decides which composed letters there are. Where the package
unicodedata2 is installed, later characters come from its newer Unicode; else the table knows only what Python knows.
"""

import re
import sys
import unicodedata as oldest
from collections.abc import Callable, Iterable
from pathlib import Path

try:
    import unicodedata2 as newest  # type: ignore[import-not-found]
except ImportError:
    newest = oldest

TARGET = Path(__file__).parents[1] / "src/manyeyes/values/text/code_points.py"
LAST = 0x10FFFF

LINES = {0x0A, 0x0B, 0x0C, 0x0D, 0x2028, 0x2029}
# Takes room and shows nothing: separators, the tab, the blank of braille, wide Hangul fillers, hieroglyphic blanks.
MORE_BLANKS = {0x09, 0x2800, 0x3164, 0xFFA0, 0x13441, 0x13442}
JOINERS = {0x200C, 0x200D}
VARIATIONS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
MONGOLIAN_VARIATIONS, MONGOLIAN_SEPARATOR = {0x180B, 0x180C, 0x180D, 0x180F}, {0x180E}
TAGS = {*range(0xE0020, 0xE0080)}
DIRECTIONS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
ANNOTATIONS = {0xFFF9, 0xFFFA, 0xFFFB}
# Default_Ignorable_Code_Point that is no format character, the object that dictation leaves, the null notehead.
MORE_FILLERS = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0xFFFC, 0x1D159}
# Format characters that are seen: signs around Arabic numbers and their like; and those inside hieroglyphs.
SEEN_FORMATS = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
HIEROGLYPHIC_FORMATS = {*range(0x13430, 0x13440)}
# Signs of other categories that are drawn as emoji too: ‼ ⁉ ℹ 〰 〽 © ®, and the colours of skin.
MORE_SYMBOLS = {0xA9, 0xAE, 0x203C, 0x2049, 0x2139, 0x3030, 0x303D, *range(0x1F3FB, 0x1F400)}
# Scripts whose letters take another shape beside a joiner.
# fmt: off
JOINING = {
    "ADLAM", "ARABIC", "BALINESE", "BENGALI", "BHAIKSUKI", "BRAHMI", "CHAKMA", "CHORASMIAN", "DEVANAGARI",
    "DOGRA", "GRANTHA", "GUJARATI", "GUNJALA", "GURMUKHI", "HANIFI", "JAVANESE", "KAITHI", "KANNADA", "KHMER",
    "KHOJKI", "KHUDAWADI", "LIMBU", "MAHAJANI", "MALAYALAM", "MANDAIC", "MANICHAEAN", "MARCHEN", "MASARAM",
    "MEETEI", "MODI", "MYANMAR", "NANDINAGARI", "NEWA", "NKO", "ORIYA", "PHAGS", "PSALTER", "SHARADA", "SIDDHAM",
    "SINHALA", "SOGDIAN", "SUNDANESE", "SYLOTI", "SYRIAC", "TAI", "TAKRI", "TAMIL", "TELUGU", "TIBETAN",
    "TIRHUTA",
}
# fmt: on
IDEOGRAPH = re.compile(r"CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH-")


def is_later(point: int) -> bool:
    """Tell whether a character composes with others in a newer Unicode alone: there Pythons and browsers differ."""
    if oldest.category(chr(point)) != "Cn" or newest.category(chr(point)) == "Cn":
        return False
    return bool(newest.combining(chr(point)) or newest.decomposition(chr(point)) or point in _PARTS)


def category(point: int) -> str:
    """Return the category of a character, Cn for one that `is_later`."""
    return "Cn" if is_later(point) else str(newest.category(chr(point)))


def name(point: int) -> str:
    """Return a character's name, empty where it has none."""
    return str(newest.name(chr(point), ""))


def is_filler(point: int) -> bool:
    """Tell whether a character shows nothing, takes no room and does nothing that is wanted."""
    kept = JOINERS | DIRECTIONS | ANNOTATIONS | SEEN_FORMATS | HIEROGLYPHIC_FORMATS | MONGOLIAN_SEPARATOR | TAGS
    return point in MORE_FILLERS or (category(point) == "Cf" and point not in kept)


def is_blank(point: int) -> bool:
    """Tell whether a character is read as U+0020."""
    return category(point) == "Zs" or point in MORE_BLANKS


def is_control(point: int) -> bool:
    """Tell whether a character commands and is not seen: controls, halves of pairs, directions, annotations."""
    commands = category(point) in ("Cc", "Cs") or point in DIRECTIONS | ANNOTATIONS
    return commands and not is_blank(point) and point not in LINES


def is_mark(point: int) -> bool:
    """Tell whether a character is seen on another one only."""
    dropped = VARIATIONS | MONGOLIAN_VARIATIONS
    return (
        category(point)[0] == "M" and point not in dropped and not is_filler(point)
    ) or point in HIEROGLYPHIC_FORMATS


def is_seen(point: int) -> bool:
    """Tell whether a character is a letter, a digit, a sign or a symbol."""
    return (category(point)[0] in "LNPS" or point in SEEN_FORMATS) and not is_blank(point) and not is_filler(point)


def is_joining(point: int) -> bool:
    """Tell whether a character is a letter of a script that uses joiners."""
    script = name(point).partition(" ")[0].partition("-")[0]
    return category(point)[0] == "L" and script in JOINING and not is_filler(point)


def is_symbol(point: int) -> bool:
    """Tell whether a character may be part of an emoji, or has a variation as a mathematical sign has."""
    return (point >= 0x2000 and category(point) in ("So", "Sm") and not is_blank(point)) or point in MORE_SYMBOLS


CLASSES: dict[str, tuple[str, Callable[[int], bool]]] = {
    "seen": ("letters, digits, signs, symbols", is_seen),
    "mark": ("seen on another character only", is_mark),
    "digit": ("stands for a digit in some script", lambda p: is_seen(p) and newest.digit(chr(p), None) is not None),
    "blank": ("read as U+0020", is_blank),
    "line": ("ends a line", LINES.__contains__),
    "filler": ("dropped wherever it stands", is_filler),
    "control": ("refused: commands, halves of pairs, writing direction", is_control),
    "joiner": ("kept inside words and emoji", JOINERS.__contains__),
    "variation": ("kept behind what has variations", VARIATIONS.__contains__),
    "shape": ("kept behind Mongolian letters", MONGOLIAN_VARIATIONS.__contains__),
    "gap": ("kept between Mongolian letters", MONGOLIAN_SEPARATOR.__contains__),
    "tag": ("kept behind a black flag", TAGS.__contains__),
    "joining": ("letters of scripts that use joiners", is_joining),
    "symbol": ("parts of emoji, mathematical signs", is_symbol),
    "ideograph": ("has registered variations", lambda p: bool(IDEOGRAPH.match(name(p)))),
    "varied": (
        "other letters that have variations",
        lambda p: name(p).startswith(("MYANMAR LETTER", "PHAGS-PA LETTER")),
    ),
    "later": ("refused: composed in a newer Unicode than the oldest Python's", is_later),
    "mongolian": ("Mongolian letters", lambda p: name(p).startswith("MONGOLIAN LETTER")),
}


def ranges(points: Iterable[int]) -> str:
    """Return ascending code points as hexadecimal ranges: ``41-5A 5F``."""
    found: list[list[int]] = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return " ".join(f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in found)


def points(written: str) -> set[int]:
    """Return the code points of `ranges`."""
    ends = [part.split("-") for part in written.split(" ")]
    return {point for pair in ends for point in range(int(pair[0], 16), int(pair[-1], 16) + 1)}


def module() -> str:
    """Return the module's text."""
    lines = [
        '"""What each character is to what people type. Made by tools/make_code_points.py; do not edit."""',
        "",
    ]
    lines += [
        f'UNICODE = "{newest.unidata_version}"',
        "# Ranges of code points in hexadecimal.",
        "CLASSES: dict[str, str] = {",
    ]
    for key, (about, holds) in CLASSES.items():
        rows = _rows(ranges(point for point in range(LAST + 1) if holds(point)))
        lines.append(f"    # {about}")
        lines += [f'    "{key}": "{rows[0]}",'] if len(rows) == 1 else [f'    "{key}": (', *_quoted(rows), "    ),"]
    return "\n".join([*lines, "}", ""])


def _rows(text: str, width: int = 105) -> list[str]:
    rows = [""]
    for part in text.split(" "):
        if len(rows[-1]) + len(part) > width:
            rows.append("")
        rows[-1] += f"{part} "
    rows[-1] = rows[-1].rstrip()
    return rows


def _quoted(rows: list[str]) -> list[str]:
    return [f'        "{row}"' for row in rows]


_PARTS = {
    ord(part)
    for point in range(LAST + 1)
    if newest.decomposition(chr(point)) and not newest.decomposition(chr(point)).startswith("<")
    for part in newest.normalize("NFD", chr(point))
}

if __name__ == "__main__":
    if oldest.unidata_version != "14.0.0":
        sys.exit("run this by Python 3.11, whose Unicode is 14.0.0")
    TARGET.write_text(module())
