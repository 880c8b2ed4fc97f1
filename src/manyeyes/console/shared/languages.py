"""The console's five languages: reading the catalogues, choosing one for a request, writing money and counts."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "vi": "Tiếng Việt",
    "th": "ไทย",
    "id": "Bahasa Indonesia",
    "zh-Hans": "简体中文",
}
# Whose messages lie in a file of their own; what several of them read is in the last one.
READERS = ("worker", "reviewer", "customer", "operator", "shared")
LOCALE_DIR = Path(__file__).parents[1] / "locale"
MICROS = 1_000_000
MOST_WISHES, LONGEST_WISHES = 16, 1_000  # of an Accept-Language header, and its characters
# A language range and its weight (RFC 4647, 2.1; RFC 9110, 12.4.2), with blanks where they may be.
_WISH = re.compile(
    r"\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.[0-9]*)?|1(?:\.0*)?)\s*)?", re.ASCII | re.IGNORECASE
)


def mark(message: str) -> str:
    """Mark a message for extraction where it cannot be translated yet (a keyword in locale/README.md)."""
    return message


def mark_many(one: str, many: str) -> tuple[str, str]:
    """Mark a message that has a form for one and a form for many, as `mark` does."""
    return one, many


def locale_of(language: str) -> Locale:
    """Return the CLDR locale of one of LANGUAGES."""
    return Locale.parse(language, sep="-")


def catalogue_paths(language: str) -> dict[str, Path]:
    """Return where the messages of one of LANGUAGES are kept as text: a file for each of READERS."""
    return {reader: LOCALE_DIR / language / "LC_MESSAGES" / f"{reader}.po" for reader in READERS}


@cache
def catalogue(language: str) -> Translations:
    """Return all messages of one of LANGUAGES as one catalogue, whoever reads them.

    They are read from the .po files once per process: no compiled file has to be kept in step.
    """
    # The first is what the others are merged into: it brings the language's rule for plurals.
    whole, *others = (_read(path, language) for path in catalogue_paths(language).values())
    for other in others:
        whole.merge(other)
    return whole


def _read(path: Path, language: str) -> Translations:
    with path.open("rb") as file:
        messages = read_po(file, locale=str(locale_of(language)))
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def chosen(accept_language: str) -> str:
    """Return the best of LANGUAGES for an Accept-Language header; English when nothing fits.

    As RFC 9110, 12.5.4, says: the largest weight first, among equals the first named; a weight of 0 means not this one.
    What cannot be read is passed over, and so is `*`, to which English is the answer (docs/decisions/0031). The first
    `MOST_WISHES` are looked at.
    """
    parts = accept_language[:LONGEST_WISHES].split(",", MOST_WISHES)[:MOST_WISHES]
    wishes = [(float(found[2] or 1), found[1]) for part in parts if (found := _WISH.fullmatch(part))]
    for weight, tag in sorted(wishes, key=lambda wish: -wish[0]):
        language = matching(tag) if weight else None
        if language:
            return language
    return "en"


def matching(tag: str) -> str | None:
    """Return the one of LANGUAGES for a language tag, None without one: `vi-VN` is `vi`, every `zh` is `zh-Hans`."""
    primary = tag.strip().lower().split("-")[0]
    return next((language for language in LANGUAGES if language.split("-")[0] == primary), None)


def money(micros: int, language: str, least_decimals: int = 2) -> str:
    """Write micro-units of USD as the language writes money, up to six decimals, so that small pay is never rounded."""
    locale = locale_of(language)
    decimals = "0" * least_decimals + "#" * (6 - least_decimals)
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", f"0.{decimals}")
    return numbers.format_currency(Decimal(micros) / MICROS, "USD", pattern, locale=locale, currency_digits=False)


def decimals(column: Iterable[int | None]) -> int:
    """Return how many decimals a column of micro-units of USD needs, two to six, so that none is rounded."""
    return max([2, *(len(f"{(amount or 0) % MICROS:06}".rstrip("0")) for amount in column)])


def change(micros: int, language: str) -> str:
    """Write money that came or went, with its sign and all six decimals; return an empty text for no change."""
    if micros == 0:
        return ""
    return ("+" if micros > 0 else "−") + money(abs(micros), language, 6)


def count(number: int, language: str) -> str:
    """Write a whole number with the language's grouping."""
    return numbers.format_decimal(number, locale=locale_of(language))


def percent(share: float, language: str) -> str:
    """Write a fraction as per cent with one decimal, as the language does."""
    return numbers.format_percent(share, "#,##0.#%", locale=locale_of(language))


def tenths(share: float, language: str) -> str:
    """Write a fraction as per cent with its decimal always, so that a column's points stand under each other."""
    return numbers.format_percent(share, "#,##0.0%", locale=locale_of(language))


def compact(number: int, language: str) -> str:
    """Write a whole number in few characters, for the scale of a chart: `12K`."""
    return numbers.format_compact_decimal(number, fraction_digits=1, locale=locale_of(language))


def fraction(value: float, language: str) -> str:
    """Write a number between 0 and 1 with two decimals, as the language does."""
    return numbers.format_decimal(value, "0.00", locale=locale_of(language))


def fine(value: float, language: str) -> str:
    """Write a number between 0 and 1 with as many decimals as it has, two to four."""
    return numbers.format_decimal(value, "0.00##", locale=locale_of(language))


def short_day(day: date, language: str) -> str:
    """Write a day without its year, for the foot of a chart."""
    return dates.format_skeleton("MMMd", day, locale=locale_of(language))


def duration(milliseconds: float, language: str) -> str:
    """Write how long something took, in the unit that suits it, with one decimal below ten."""
    unit, size = next(((u, s) for u, s, until in _UNITS if milliseconds < until), _UNITS[-1][:2])
    value = milliseconds / size
    shown = round(value, 1 if value < 10 else 0)
    return units.format_unit(shown, unit, "short", "#,##0.#", locale=locale_of(language))


_MINUTE, _DAY = 60_000.0, 86_400_000.0
_UNITS = (  # its size in milliseconds, and from where on the next one suits better
    ("duration-millisecond", 1.0, 1000.0),
    ("duration-second", 1000.0, 2 * _MINUTE),
    ("duration-minute", _MINUTE, 120 * _MINUTE),
    ("duration-hour", 60 * _MINUTE, 2 * _DAY),
    ("duration-day", _DAY, _DAY),
)
