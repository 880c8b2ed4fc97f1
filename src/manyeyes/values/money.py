"""Money is an integer count of micro-units (1 USD = 1,000,000 micros); decimals exist only at the edges."""

import re

MICROS = 1_000_000
LARGEST_MICROS = 10**15  # a thousand million dollars: far above any real sum, far below int64
DECIMALS = 6
_BLANKS = " \t\r\n"
_AMOUNT = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")


def parse(amount: str) -> int:
    """Return the micros in a decimal text such as ``"10.00"``; blanks around it are dropped.

    Raises ValueError for anything that is not a non-negative number of at most six decimals, in ASCII digits
    (docs/decisions/0034-a-number-is-ascii-digits.md).
    """
    number = amount.strip(_BLANKS)
    size = number.removeprefix("-")
    if not _AMOUNT.fullmatch(size):
        raise ValueError(f"{amount!r} is not an amount of money; write it like 10.00")
    whole, _, part = size.partition(".")
    if part[DECIMALS:].strip("0"):
        raise ValueError(f"{amount!r} has more than six decimals")
    micros = int(whole) * MICROS + int(part[:DECIMALS].ljust(DECIMALS, "0"))
    if size != number or micros > LARGEST_MICROS:
        raise ValueError(f"{amount!r} must be between 0 and {LARGEST_MICROS // MICROS}")
    return micros


def text(amount_micros: int) -> str:
    """Return ``1234567`` as ``"1.234567"``: six decimals always (docs/contracts/anticaptcha.md#gettaskresult)."""
    sign = "-" if amount_micros < 0 else ""
    whole, part = divmod(abs(amount_micros), MICROS)
    return f"{sign}{whole}.{part:06d}"


def number(amount_micros: int) -> float:
    """Return the nearest JSON number; its text is exact to the micro up to `LARGEST_MICROS`."""
    return amount_micros / MICROS
