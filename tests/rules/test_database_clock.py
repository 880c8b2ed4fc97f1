"""The database's clock as a process knows it: what follows has no earlier time than what came before."""

import time
from datetime import UTC, datetime, timedelta

from manyeyes.db.clock import MOST_UNSURE_SECONDS, DatabaseClock

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_a_later_reading_that_is_a_little_behind_turns_nothing_back():
    clock, here = DatabaseClock(), time.monotonic()
    clock.note(NOON, here, here)
    first = clock.now()
    assert first is not None
    clock.note(NOON - timedelta(seconds=MOST_UNSURE_SECONDS / 2), here, here)
    second = clock.now()
    assert second is not None
    assert second >= first
    assert clock.told(NOON - timedelta(milliseconds=1)) >= second


def test_a_clock_that_was_set_back_is_followed():
    clock, here = DatabaseClock(), time.monotonic()
    clock.note(NOON, here, here)
    assert clock.now() is not None
    hour_ago = NOON - timedelta(hours=1)
    assert clock.told(hour_ago) == hour_ago
