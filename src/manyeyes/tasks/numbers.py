"""Numbers that people type: their one form, and what keeps one from being the answer. Pure.

The screen's script does the same (console/static/shared/answer_kinds.js); docs/decisions/0047 says why in this form.
"""

import re
from decimal import Decimal

from manyeyes.tasks.questions import NumberOptions
from manyeyes.tasks.rules import Obstacle
from manyeyes.values.text.rules import fault, normalised

MOST_DIGITS = 40
# The zeros of digits that keyboards write: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Khmer, Burmese, full width.
# They stand here, as neither the Python nor the browser at hand is to decide (docs/decisions/0037).
ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x17E0, 0x1040, 0xFF10)


def canonical_number(text: str) -> str:
    """Return a number in its one form, ``-?digits(.digits)?``, with every digit typed behind the point.

    Digits of `ZEROS` are 0 to 9; a comma is a point; zeros in front, a plus, and the minus of a nought are gone.
    A text that is no number is only `normalised`.
    """
    text = normalised(text)
    plain = "".join(_SIGNS.get(sign, sign) for sign in text)
    found = _TYPED.fullmatch(plain)
    if found is None:
        return text
    whole, behind = (found["whole"] or "").lstrip("0") or "0", found["behind"] or ""
    number = f"{whole}.{behind}" if behind else whole
    is_nought = not number.strip("0.")
    return f"-{number}" if found["sign"] == "-" and not is_nought else number


def number_obstacle(options: NumberOptions, text: str) -> Obstacle | None:
    """Return the first rule that keeps ``text`` from being the number; None when it fits."""
    text = canonical_number(text)
    if not text:
        return Obstacle("empty")
    if why := fault(text):
        return Obstacle(why)
    if not _CANONICAL.fullmatch(text):
        return Obstacle("number")
    if sum(map(str.isdigit, text)) > MOST_DIGITS:
        return Obstacle("digits_most", MOST_DIGITS)
    behind = len(text.partition(".")[2])
    if options.decimals is not None and behind > options.decimals:
        return Obstacle("decimals", options.decimals) if options.decimals else Obstacle("whole")
    number = Decimal(text)
    if options.min is not None and number < options.min:
        return Obstacle("at_least", value=plain_number(options.min))
    if options.max is not None and number > options.max:
        return Obstacle("at_most", value=plain_number(options.max))
    return None


def plain_number(number: Decimal) -> str:
    """Return a number without an exponent, as it is typed. It has been judged: `question_rules` keeps it short."""
    return format(number, "f")


_SIGNS = {chr(zero + n): str(n) for zero in ZEROS for n in range(10)}
_SIGNS |= dict.fromkeys(",，．٫", ".") | dict.fromkeys("−－﹣", "-") | {"＋": "+"}
_TYPED = re.compile(r"(?P<sign>[+-]?)(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<behind>[0-9]*))?")
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
