"""Numbers on the command line, read by one rule wherever they stand (docs/decisions/0034)."""

from collections.abc import Sequence
from typing import Any, get_args

import cyclopts
from cyclopts import Token

from manyeyes.values.decimals import is_decimal
from manyeyes.values.integers import integer

LONGEST = 18  # digits of a whole number; none that is wanted has more
NO_NUMBER = "nan"  # lies in no range: the rule of the option refuses it, and says which numbers it takes


def convert(kind: Any, tokens: Sequence[Token]) -> Any:
    """Return what the tokens of an argument of this type mean; cyclopts reads everything that is no number.

    Raises ValueError, which cyclopts tells, for a number in other than ASCII digits: left to itself it takes ``1_000``,
    ``٣`` and ``0x10``.
    """
    kinds = _kinds(kind)
    for token in tokens:
        if int in kinds and integer(token.value, LONGEST) is None:
            raise ValueError(f"{token.value!r} is not a whole number; write it in the digits 0 to 9")
        is_number = token.value == NO_NUMBER or is_decimal(token.value.removeprefix("-"))
        if float in kinds and not is_number:
            raise ValueError(f"{token.value!r} is not a number; write it like 0.95")
    return cyclopts.convert(kind, tokens)


def _kinds(kind: Any) -> set[Any]:
    """Return the type and all types that it is made of."""
    return {kind}.union(*map(_kinds, get_args(kind)))
