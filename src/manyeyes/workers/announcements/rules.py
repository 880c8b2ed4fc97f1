"""What the operator tells workers: how it is written, whom it is for, and until when (docs/decisions/0084)."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from manyeyes.values.text.rules import fault, read_words

LONGEST_WORDS = 600
MOST_OPEN = 20  # so many nobody reads; whoever waits for work is told all of theirs


class Announcement(msgspec.Struct, frozen=True):
    """``language``: only workers who know it are told, empty: all; ``until`` None: until the operator ends it."""

    announcement_id: int
    words: str
    language: str
    until: datetime | None
    created_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether its end has come; at that very instant it is over."""
        return self.until is not None and self.until <= now


def read_announcement(text: str) -> str:
    """Return an announcement in the one form, of several lines perhaps.

    Raises ValueError for more than `LONGEST_WORDS` characters, and for none that can be seen.
    """
    found = read_words(text, "the announcement", LONGEST_WORDS)
    if all(fault(line) for line in found.split("\n")):
        raise ValueError("the announcement is empty")
    return found


def read_until(text: str) -> datetime | None:
    """Return until when: an instant, in UTC where it names no offset, or the end of a day; None for an empty text.

    Raises ValueError for what is neither.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == len("2026-12-01"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC)
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is no day or instant; write it like 2026-12-01 or 2026-12-01T18:00") from error


def told_to(every: Iterable[Announcement], languages: Collection[str], now: datetime) -> list[Announcement]:
    """Return those announcements that are for somebody who knows these languages, and not over."""
    return [each for each in every if each.language in ("", *languages) and not each.is_over(now)]
