"""wellbeing/rules.py: what somebody may be shown, each bound with both of its neighbours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from manyeyes.values.marks import EVERY_MARK, MARK_NAMES, ContentMark, mark_names, marks_named, marks_said
from manyeyes.wellbeing.rules import (
    MARKED_IN_A_ROW,
    PAUSE_SECONDS,
    SHORTEST_LOOK_SECONDS,
    USUAL_CAP,
    Cap,
    Spent,
    Wellbeing,
    day_of,
    share,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GORE, HATE = int(ContentMark.GORE), int(ContentMark.HATE)


def known(**given: Any) -> Wellbeing:
    """Return somebody who said yes to gore in queue 1."""
    terms: dict[str, Any] = {"worker_id": 7, "agreed": {1: GORE}, "day": NOW.date(), **given}
    return Wellbeing(**terms)


@pytest.mark.parametrize(("pictures", "allowed"), [(99, GORE), (100, 0), (101, 0)])
def test_so_many_pictures_a_day(pictures: int, allowed: int):
    assert USUAL_CAP.pictures == 100
    assert known(spent={GORE: Spent(pictures, 0)}).clear(1, NOW) == allowed


@pytest.mark.parametrize(("left", "allowed"), [(14_999, 0), (15_000, GORE), (15_001, GORE)])
def test_so_many_minutes_a_day_and_nothing_for_less_than_a_look(left: int, allowed: int):
    assert (USUAL_CAP.minutes, SHORTEST_LOOK_SECONDS) == (60, 15)
    assert known(spent={GORE: Spent(0, 3_600_000 - left)}).clear(1, NOW) == allowed


@pytest.mark.parametrize(
    ("given", "allowed"),
    [({}, GORE), ({"avoided": GORE}, 0), ({"avoided": HATE}, GORE), ({"agreed": {2: GORE}}, 0), ({"agreed": {}}, 0)],
)
def test_a_yes_is_of_a_queue_and_what_is_avoided_never_comes(given: dict[str, object], allowed: int):
    assert known(**given).clear(1, NOW) == allowed


@pytest.mark.parametrize(("seconds", "allowed"), [(PAUSE_SECONDS - 1, 0), (PAUSE_SECONDS, GORE)])
def test_after_so_many_in_a_row_others_come_first(seconds: float, allowed: int):
    one = known(in_a_row=MARKED_IN_A_ROW, marked_until=NOW)
    assert one.clear(1, NOW + timedelta(seconds=seconds)) == allowed
    assert known(in_a_row=MARKED_IN_A_ROW - 1, marked_until=NOW).clear(1, NOW) == GORE


def test_a_look_is_counted_whole_and_what_is_left_given_back():
    until = NOW + timedelta(seconds=60)
    begun = known().looks(GORE, until, NOW, is_new=True)
    assert (begun.spent[GORE], begun.in_a_row) == (Spent(1, 60_000), 1)
    ended = begun.looked(GORE, NOW, until, NOW + timedelta(seconds=20))
    assert ended.spent[GORE] == Spent(1, 20_000)
    assert begun.looked(GORE, NOW, until, until + timedelta(seconds=1)) == begun, "all of it was used"


def test_a_look_ends_with_the_minutes_and_a_renewal_too():
    until = NOW + timedelta(seconds=60)
    one = known(caps={GORE: Cap(9, 1)}, spent={GORE: Spent(1, 20_000)})
    ends = one.look_end(1, GORE, until, NOW, is_new=True)
    assert ends == NOW + timedelta(seconds=40)
    begun = one.looks(GORE, ends, NOW, is_new=True)
    longer, end = begun.longer(GORE, ends, until + timedelta(hours=1), NOW)
    assert (longer.spent, end) == (begun.spent, ends)


def test_a_day_that_is_over_gives_nothing_back_to_the_next():
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    begun = known().looks(GORE, midnight + timedelta(seconds=30), midnight - timedelta(seconds=10), is_new=True)
    ended = begun.looked(GORE, midnight - timedelta(seconds=10), midnight + timedelta(seconds=30), midnight)
    assert ended.spent == begun.spent
    assert ended.of_day(midnight).spent == {}
    assert ended.of_day(midnight - timedelta(days=3)).day == NOW.date(), "an older day never comes again"


def test_a_day_is_that_of_the_zone():
    assert day_of("UTC", NOW) == date(2026, 11, 30)
    assert day_of("Pacific/Kiritimati", NOW) == date(2026, 12, 1)


@pytest.mark.parametrize(("whole", "cells"), [(100, 1), (100, 3), (2, 3), (0, 2)])
def test_cells_share_a_cap(whole: int, cells: int):
    assert sum(share(whole, cells, nth) for nth in range(cells)) == whole


def test_marks_have_names_both_ways():
    assert mark_names(EVERY_MARK) == list(MARK_NAMES)
    assert marks_named(MARK_NAMES) == EVERY_MARK
    assert marks_said("gore, hate;gore") == marks_said(["gore", "hate"]) == GORE | HATE
    assert marks_said(" ") == marks_said([]) == 0
    with pytest.raises(ValueError, match="is no mark; there are violence"):
        marks_named(["blood"])
