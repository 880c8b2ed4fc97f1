"""Which marked pictures somebody may be shown now, and how that is counted (docs/decisions/0079). Pure.

A look is counted when it begins, with all the time that it may take; what is left of that is given back when it ends.
So whatever is killed in between, nobody is shown more than their day allows.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from manyeyes.values.marks import EVERY_MARK, ContentMark

MARKED_IN_A_ROW = 10  # then others, or nothing, for PAUSE_SECONDS
PAUSE_SECONDS = 120.0
SHORTEST_LOOK_SECONDS = 15.0  # nothing is shown for less
MOST_PICTURES, MOST_MINUTES = 100_000, 1_440  # that an operator may allow a day
LATER_LOOK_SECONDS = 60.0  # at what was answered or judged before: nothing tells when it ends, so it costs all of this


class Cap(msgspec.Struct, frozen=True):
    """What of one mark somebody is shown a day at the most."""

    pictures: int = 100
    minutes: int = 60


USUAL_CAP = Cap()


class Spent(msgspec.Struct, frozen=True):
    """What of one mark somebody was shown on a day; a look that goes on is in it with all the time that it may take."""

    pictures: int = 0
    ms: int = 0


class Wellbeing(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of marks, and what they were shown, in one of ``cells`` cells, the ``nth`` of them.

    ``agreed``: the marks to which they said yes, by queue; ``avoided``: never, whatever they agreed to. ``caps``: other
    than the usual ones, by mark. ``spent``: on ``day``, in ``zone``, by mark. ``in_a_row``: marked pictures without a
    pause between them; ``marked_until``: the end of the last one.
    """

    worker_id: int
    agreed: Mapping[int, int] = {}
    avoided: int = 0
    caps: Mapping[int, Cap] = {}
    zone: str = "UTC"
    day: date = date.min
    spent: Mapping[int, Spent] = {}
    in_a_row: int = 0
    marked_until: datetime | None = None
    cells: int = 1
    nth: int = 0

    def of_day(self, now: datetime) -> "Wellbeing":
        """Return the same with nothing spent where a new day has begun; a day that is over never comes again."""
        today = day_of(self.zone, now)
        return msgspec.structs.replace(self, day=today, spent={}) if today > self.day else self

    def cap(self, mark: int) -> Cap:
        """Return what they may be shown of a mark a day, here: cells share it, so that all together keep to it."""
        whole = self.caps.get(mark, USUAL_CAP)
        return Cap(share(whole.pictures, self.cells, self.nth), share(whole.minutes, self.cells, self.nth))

    def left_ms(self, marks: int) -> int:
        """Return for how long they may still look at something with these marks today."""
        return min(self.cap(mark).minutes * 60_000 - self.spent.get(mark, Spent()).ms for mark in each(marks))

    def clear(self, queue_id: int, now: datetime) -> int:
        """Return the marks that a picture of the queue may have which they are shown now; 0: none that is marked."""
        today = self.of_day(now)
        if today.needs_pause(now):
            return 0
        return today.willing(queue_id) & sum(mark for mark in each(EVERY_MARK) if today._has_room(mark))

    def willing(self, queue_id: int) -> int:
        """Return the marks of a queue that they said yes to and do not avoid."""
        return self.agreed.get(queue_id, 0) & ~self.avoided

    def needs_pause(self, now: datetime) -> bool:
        """Tell whether they have seen so many marked pictures in a row that others come first, or none."""
        return self.in_a_row >= MARKED_IN_A_ROW and not self._is_rested(now)

    def pause_ends(self) -> datetime | None:
        """Return when marked pictures may come again after so many in a row."""
        return self.marked_until + timedelta(seconds=PAUSE_SECONDS) if self.marked_until else None

    def _is_rested(self, now: datetime) -> bool:
        ends = self.pause_ends()
        return ends is None or now >= ends

    def _has_room(self, mark: int) -> bool:
        pictures = self.spent.get(mark, Spent()).pictures
        return pictures < self.cap(mark).pictures and self.left_ms(mark) >= SHORTEST_LOOK_SECONDS * 1_000

    def look_end(self, queue_id: int, marks: int, until: datetime, now: datetime, *, is_new: bool) -> datetime | None:
        """Return until when they may look at a picture that would be theirs ``until`` then; None: not at all.

        ``is_new`` False: they have seen it today, and come back to it; that is no further picture.
        """
        today = self.of_day(now)
        allowed = self.clear(queue_id, now) if is_new else self.willing(queue_id)
        left = today.left_ms(marks)
        if marks & ~allowed or left < (SHORTEST_LOOK_SECONDS * 1_000 if is_new else 1):
            return None
        return min(until, now + timedelta(milliseconds=left))

    def looks(self, marks: int, until: datetime, now: datetime, *, is_new: bool) -> "Wellbeing":
        """Return what is known once they look at a picture ``until`` then at the longest."""
        today, ms = self.of_day(now), milliseconds(until - now)
        in_a_row = (0 if self._is_rested(now) else self.in_a_row) + is_new
        spent = today._added(marks, int(is_new), ms)
        return msgspec.structs.replace(today, spent=spent, in_a_row=in_a_row, marked_until=until)

    def looked(self, marks: int, since: datetime, until: datetime, now: datetime) -> "Wellbeing":
        """Return what is known once a look that began ``since`` then and might last ``until`` is over.

        What is left of it is given back to the day of which it was taken alone.
        """
        if now >= until:
            return self
        ended = msgspec.structs.replace(self, marked_until=now)
        if day_of(self.zone, since) != self.day or day_of(self.zone, now) != self.day:
            return ended
        return msgspec.structs.replace(ended, spent=self._added(marks, 0, -milliseconds(until - now)))

    def longer(self, marks: int, before: datetime, wanted: datetime, now: datetime) -> tuple["Wellbeing", datetime]:
        """Return what is known, and until when they may look, once a look that lasts until ``before`` is renewed."""
        today = self.of_day(now)
        until = max(before, min(wanted, before + timedelta(milliseconds=max(0, today.left_ms(marks)))))
        spent = today._added(marks, 0, milliseconds(until - before))
        return msgspec.structs.replace(today, spent=spent, marked_until=until), until

    def _added(self, marks: int, pictures: int, ms: int) -> dict[int, Spent]:
        found = dict(self.spent)
        for mark in each(marks):
            was = found.get(mark, Spent())
            found[mark] = Spent(was.pictures + pictures, max(0, was.ms + ms))
        return found


def read_cap(text: str) -> Cap:
    """Return a cap that is written as pictures/minutes. Raises ValueError with how it is written."""
    pictures, _, minutes = text.partition("/")
    found = [int(part) if part.isascii() and part.isdigit() else -1 for part in (pictures.strip(), minutes.strip())]
    if not (0 <= found[0] <= MOST_PICTURES and 0 <= found[1] <= MOST_MINUTES):
        raise ValueError(f"a cap is written as pictures/minutes, such as 50/30: at most {MOST_PICTURES}/{MOST_MINUTES}")
    return Cap(*found)


def each(marks: int) -> list[int]:
    """Return the marks one by one."""
    return [int(mark) for mark in ContentMark if marks & mark]


def day_of(zone: str, now: datetime) -> date:
    """Return which day it is in a time zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def share(whole: int, cells: int, nth: int) -> int:
    """Return the ``nth`` cell's share of a cap; the shares of all are the whole."""
    return whole // cells + (nth < whole % cells)


def milliseconds(span: timedelta) -> int:
    """Return a span in milliseconds; what is begun counts."""
    return -(-span // timedelta(milliseconds=1))
