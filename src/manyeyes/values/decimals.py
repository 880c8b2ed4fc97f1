"""Numbers with a point out of text that strangers send, by the rule of `integers`: ASCII digits, never an error.

`float` and `Decimal` alone take more than a number (``nan``, ``1e5``, ``1_0``, ``٣``); see docs/decisions/0034.
"""

import re

_PLAIN = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
_WRITTEN_BY_PROGRAMS = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")


def is_decimal(text: str) -> bool:
    """Tell whether the text is ASCII digits with at most one point between them: no sign, blank or exponent."""
    return _PLAIN.fullmatch(text) is not None


def decimal_number(text: str) -> float | None:
    """Return what `is_decimal` takes; None for every other text."""
    return float(text) if is_decimal(text) else None


def scientific_number(text: str) -> float | None:
    """Return a number from 0 that may have an exponent, as programs write 1e-05 into files; None for every other text.

    What is too large to be kept is infinite, which no range holds.
    """
    return float(text) if _WRITTEN_BY_PROGRAMS.fullmatch(text) else None
