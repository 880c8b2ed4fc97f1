"""Results of other days as a CSV file tells them: read whole before any of them is recorded."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, tzinfo

import msgspec

from manyeyes.recognitions.counters import DayChange, QuarterChange, merged, quarter
from manyeyes.recognitions.rules import FAILED, Recognition
from manyeyes.values.decimals import scientific_number

COLUMNS = ("at", "label", "review", "rate", "name")
WORDS = {"true": True, "1": True, "false": False, "0": False}
LONGEST_NAME = 2_000


class ImportedResult(msgspec.Struct, frozen=True):
    """One result of the file."""

    at: datetime
    label: int
    review: bool
    rate: float
    name: str


class History(msgspec.Struct, frozen=True):
    """The results of a file in its order, and what they add to the counts."""

    rows: list[ImportedResult]
    days: list[DayChange]
    quarters: list[QuarterChange]


def read_history(text: str, recognition: Recognition, zone: tzinfo, now: datetime, most: int | None = None) -> History:
    """Return what a file with the columns `COLUMNS` and a header holds.

    ``zone``: the app's; a time without an offset is one of its. Raises ValueError naming the line and what is wrong in
    it: a column that is missing or unknown, a date that is none, before 1970 or after ``now``, a label that the
    recognition has not, a ``review`` that is neither true nor false, or true of a failure, a rate that is not from 0
    to 1, a name that is too long or cannot be stored, no result at all, more results than ``most``.
    """
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[ImportedResult] = []
    try:
        columns = _columns(next(lines, []))
        for values in lines:
            if values:
                if len(rows) == most:
                    raise ValueError(f"more than {most} results; import the file in parts")
                rows.append(_seen(columns, values, recognition, zone, now))
        if not rows:
            raise ValueError("no result follows")
    except (ValueError, OverflowError, csv.Error) as error:
        raise ValueError(f"line {max(lines.line_num, 1)}: {error}") from error
    return History(rows, *_counts(rows, recognition.recognition_id, zone))


def _columns(header: list[str]) -> list[str]:
    found = [name.strip() for name in header]
    if sorted(found) != sorted(COLUMNS):
        raise ValueError(f"the header must name the columns {','.join(COLUMNS)}")
    return found


def _seen(
    columns: list[str], values: list[str], recognition: Recognition, zone: tzinfo, now: datetime
) -> ImportedResult:
    if len(values) != len(columns):
        raise ValueError(f"{len(values)} values instead of {len(columns)}")
    row = dict(zip(columns, (value.strip() for value in values), strict=True))
    at, label = _instant(row["at"], zone, now), _label(row["label"], recognition)
    review = WORDS.get(row["review"].lower())
    if review is None:
        raise ValueError(f"review is {row['review']!r}; true or false is wanted")
    if review and label == FAILED:
        raise ValueError("what could not be recognised (label -1) is never reviewed")
    if len(row["name"]) > LONGEST_NAME or "\0" in row["name"]:
        raise ValueError(f"the name is longer than {LONGEST_NAME} characters or holds a NUL")
    return ImportedResult(at, label, review, _rate(row["rate"]), row["name"])


def _instant(text: str, zone: tzinfo, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write 2022-12-05T13:45:00+08:00") from error
    at = found if found.tzinfo else found.replace(tzinfo=zone)
    if at.timestamp() < 0:
        raise ValueError(f"{text!r} lies before 1970")
    if at > now:
        raise ValueError(f"{text!r} lies in the future")
    return at


def _label(text: str, recognition: Recognition) -> int:
    known = [FAILED, *recognition.names]
    if text not in map(str, known):
        raise ValueError(f"the label is {text!r}; this recognition has {', '.join(map(str, known))}")
    return int(text)


def _rate(text: str) -> float:
    rate = scientific_number(text or "0")
    if rate is None or rate > 1:
        raise ValueError(f"the rate is {text!r}; a number from 0 to 1 is wanted")
    return rate


def _counts(
    rows: Iterable[ImportedResult], recognition_id: int, zone: tzinfo
) -> tuple[list[DayChange], list[QuarterChange]]:
    days, quarters = [], []
    for row in rows:
        is_failed = row.label == FAILED
        day, of = row.at.astimezone(zone).date(), quarter(row.at)
        days.append(DayChange(recognition_id=recognition_id, day=day, label=row.label, total=1, review=int(row.review)))
        uncertain = int(row.review)
        certain = int(not is_failed) - uncertain
        quarters.append(
            QuarterChange(
                recognition_id=recognition_id, quarter=of, certain=certain, uncertain=uncertain, failed=int(is_failed)
            )
        )
    return merged(days), merged(quarters)
