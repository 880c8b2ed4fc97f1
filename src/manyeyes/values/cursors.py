"""Where a page of a list begins, as a text that its reader gives back unread: an instant and numbers, or a number."""

import re
from datetime import UTC, datetime, timedelta

# An instant in microseconds since 1970, then what orders entries of one instant.
OF_REPORTS = re.compile(r"(\d{1,17})_(-?\d{1,18})_(\d)", re.ASCII)  # task, rank
OF_RESULTS = re.compile(r"(\d{1,16})_(\d{1,18})", re.ASCII)  # result
OF_ENTRIES = re.compile(r"(\d{1,16})_(\d{1,19})_(\d{1,2})_(\d{1,4})", re.ASCII)  # cause, kind, number
OF_TRAIL = re.compile(r"(\d{1,16})_(\d{1,9})_(\d{1,18})", re.ASCII)  # cell, number
OF_DELIVERIES = re.compile(r"\d{1,18}", re.ASCII)  # task
_EPOCH = datetime.fromtimestamp(0, UTC)


def cursor(at: datetime, *numbers: int) -> str:
    """Return the cursor of an entry: the microseconds of its instant, then its numbers."""
    return "_".join(map(str, ((at - _EPOCH) // timedelta(microseconds=1), *numbers)))


def read_cursor(form: re.Pattern[str], text: str) -> tuple[datetime, list[int]] | None:
    """Return the instant and the numbers of a cursor of this form; None for what is none."""
    found = form.fullmatch(text)
    if not found:
        return None
    micros, *numbers = map(int, found.groups())
    return _EPOCH + timedelta(microseconds=micros), numbers


def read_number(form: re.Pattern[str], text: str) -> int | None:
    """Return the number of a cursor that is one number alone; None for what is none."""
    return int(text) if form.fullmatch(text) else None
