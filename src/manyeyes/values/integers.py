"""Whole numbers out of text that strangers send: parts of addresses, fields of forms, names that may be numbers.

`int` alone takes more than a number (``１２``, ``1_000``, `` 5 ``, ``+5``) and raises for thousands of digits;
`str.isdigit` says yes to ``²``, which `int` then refuses. Why no library reads them: docs/decisions/0034.
"""


def whole_number(text: str, digits: int) -> int | None:
    """Return what one to ``digits`` ASCII digits name, zeros in front too; None for every other text."""
    return int(text) if len(text) <= digits and text.isascii() and text.isdigit() else None


def integer(text: str, digits: int) -> int | None:
    """Return what `whole_number` reads, or the negative of it behind one minus sign; None for every other text."""
    number = whole_number(text.removeprefix("-"), digits)
    return -number if number is not None and text.startswith("-") else number
