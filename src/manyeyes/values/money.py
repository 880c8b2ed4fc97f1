"""Money is an integer count of micro-units (1 USD = 1,000,000 micros); decimals exist only at the edges."""

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

MICROS = 1_000_000
LARGEST_MICROS = 10**15  # a thousand million dollars: far above any real sum, far below int64
_EXACT = Context(prec=40, Emax=40, traps=[Inexact, InvalidOperation, Overflow])  # raises where others would round


def parse(amount: str) -> int:
    """Return the micros in a decimal text such as ``"10.00"``.

    Raises ValueError for anything that is not a non-negative number of at most six decimals.
    """
    try:
        micros = _EXACT.multiply(Decimal(amount), Decimal(MICROS))
        whole = int(micros)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{amount!r} is not an amount of money; write it like 10.00") from error
    if whole != micros:
        raise ValueError(f"{amount!r} has more than six decimals")
    if not 0 <= whole <= LARGEST_MICROS:
        raise ValueError(f"{amount!r} must be between 0 and {LARGEST_MICROS // MICROS}")
    return whole


def text(amount_micros: int) -> str:
    """Return ``1234567`` as ``"1.234567"``: six decimals always (docs/contracts/anticaptcha.md#gettaskresult)."""
    sign = "-" if amount_micros < 0 else ""
    whole, part = divmod(abs(amount_micros), MICROS)
    return f"{sign}{whole}.{part:06d}"


def number(amount_micros: int) -> float:
    """Return the nearest JSON number; its text is exact to the micro up to `LARGEST_MICROS`."""
    return amount_micros / MICROS
