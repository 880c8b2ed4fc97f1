"""Tables as text that is safe to open: no cell is one that a spreadsheet would reckon with (OWASP, "CSV injection")."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What a spreadsheet may take for the beginning of a formula, full-width twins too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def guarded(text: str) -> str:
    """Return the text with an apostrophe before what a spreadsheet would run as a formula; numbers stay numbers."""
    return f"'{text}" if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` gave."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return the rows as CSV (RFC 4180: comma, CRLF), every text in them guarded."""
    written = io.StringIO()
    safe = ([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    csv.writer(written, lineterminator="\r\n").writerows(safe)
    return written.getvalue()
