"""Instants in /v1's queries: RFC 3339 or a date, and places in a list of changes."""

import re
from datetime import UTC, date, datetime, time, timedelta

from manyeyes.tasks.seen.store import Change
from manyeyes.v1.cursors import cursor, read_cursor
from manyeyes.values.refusals import Reason, Refusal, Refused

CHANGES = "changes"
EPOCH = datetime.fromtimestamp(0, UTC)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+ -]\d\d:\d\d)", re.ASCII)


def instant(name: str, text: str) -> datetime:
    """Return the instant that a text names: RFC 3339, or a date for its midnight in UTC. Raises `Refused`.

    A plus sign that an address has lost, which arrives as a blank, is read as one.
    """
    try:
        if _DATE.fullmatch(text):
            found = datetime.combine(date.fromisoformat(text), time(), UTC)
        elif _INSTANT.fullmatch(text):
            found = datetime.fromisoformat(f"{text[:19]}{text[19:].replace(' ', '+')}".upper()).astimezone(UTC)
        else:
            raise ValueError(text)
        if EARLIEST <= found <= LATEST:
            return found
    except (ValueError, OverflowError):
        pass
    detail = f"{name} must be an instant such as 2026-01-31T09:30:00Z, or a date, between the years 2000 and 2200"
    raise Refused(Refusal(Reason.UNREADABLE, detail))


def place_of(change: Change) -> str:
    """Return the cursor behind a change."""
    return cursor(CHANGES, (change.at - EPOCH) // timedelta(microseconds=1), change.task_id, change.rank)


def since(text: str) -> Change:
    """Return behind which change to go on: an instant's, a cursor's, or for an empty text none. Raises `Refused`."""
    if not text:
        return Change(EPOCH, 0, 0)
    if text[:2].isdigit() and "-" in text[:8]:
        return Change(instant("since", text), -1, 1)
    micros, task_id, rank = read_cursor(CHANGES, text, 3)
    try:
        if rank not in (0, 1):  # no change has another one
            raise OverflowError(rank)
        return Change(EPOCH + timedelta(microseconds=micros), task_id, rank)
    except OverflowError as error:
        raise Refused(Refusal(Reason.CURSOR_UNKNOWN, "since must be what another page gave as next")) from error
