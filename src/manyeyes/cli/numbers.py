"""Numbers on the command line, read by one rule wherever they stand (docs/decisions/0034)."""

from collections.abc import Sequence
from typing import Any, get_args

import cyclopts
from cyclopts import Token

from manyeyes.values.decimals import is_decimal

MOST_DIGITS = 1_000  # of a whole number; Python reads no more than 4300
NO_NUMBER = "nan"  # lies in no range: the rule of the option refuses it, and says which numbers it takes


def convert(kind: Any, tokens: Sequence[Token]) -> Any:
    """Return what the tokens of an argument of this type mean; cyclopts reads everything that is no number.

    Raises ValueError, which cyclopts tells, for a number in other than ASCII digits: left to itself it takes ``1_000``,
    ``٣`` and ``0x10``.
    """
    kinds = _kinds(kind)
    for token in tokens:
        if int in kinds:
            _check_whole(token.value)
        is_number = token.value == NO_NUMBER or is_decimal(token.value.removeprefix("-"))
        if float in kinds and not is_number:
            raise ValueError(f"{token.value!r} is not a number; write it like 0.95")
    return cyclopts.convert(kind, tokens)


def _check_whole(text: str) -> None:
    """Raise ValueError for what is no whole number; one that is too large is for its command to refuse, in words."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{text!r} is not a whole number; write it in the digits 0 to 9")
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a whole number of {len(digits)} digits is none that anything here has")


def _kinds(kind: Any) -> set[Any]:
    """Return the type and all types that it is made of."""
    return {kind}.union(*map(_kinds, get_args(kind)))
