"""What a customer's word on a worker means: for how long, which of two counts, whose lists are asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.allow_list.rules import (
    FilterTerms,
    Seen,
    Standing,
    allow_lists,
    ends_at,
    filters,
    latest,
    shut_until,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = st.lists(st.builds(Standing, st.integers(1, 9), st.integers(1, 5), st.booleans()), max_size=40, unique=True)


def pairs(lists) -> set[Any]:
    return {(account_id, worker_id) for account_id, workers in lists.items() for worker_id in workers}


def test_a_word_holds_for_one_hour():
    assert ends_at(NOW) - NOW == timedelta(hours=1)


@given(st.lists(st.builds(Standing, st.integers(1, 3), st.integers(1, 3), st.booleans()), max_size=20))
def test_of_several_words_on_one_worker_the_last_one_counts(words):
    kept = latest(words)
    assert [(w.account_id, w.worker_id) for w in kept] == sorted({(w.account_id, w.worker_id) for w in words})
    for word in kept:
        same = [w for w in words if (w.account_id, w.worker_id) == (word.account_id, word.worker_id)]
        assert word == same[-1]


@given(WORDS)
def test_lists_and_filters_part_the_words(words):
    assert pairs(allow_lists(words, 99)) == {(w.account_id, w.worker_id) for w in words if not w.filtered}
    assert pairs(filters(words)) == {(w.account_id, w.worker_id) for w in words if w.filtered}


@given(WORDS, st.integers(1, 9))
def test_of_too_many_accounts_each_worker_s_newest_count_first(words, most):
    listed = [w for w in words if not w.filtered]
    lists = allow_lists(words, most)
    assert len(lists) == min(most, len({w.account_id for w in listed}))
    assert pairs(lists) == {(w.account_id, w.worker_id) for w in listed if w.account_id in lists}
    newest = {w.worker_id: w.account_id for w in reversed(listed)}
    if most >= len(set(newest.values())):
        assert set(newest.values()) <= set(lists), "nobody is crowded out"


TERMS = FilterTerms(others=2, window_seconds=600)
HOUR = NOW + timedelta(hours=1)


def there(*workers: int, left: Mapping[int, float] = MappingProxyType({})) -> list[Seen]:
    """Who is there, and who left so many seconds ago."""
    return [Seen(w, None) for w in workers] + [Seen(w, NOW - timedelta(seconds=s)) for w, s in left.items()]


@pytest.mark.parametrize(("seen", "is_hard"), [(1, False), (5, False), (6, True), (7, True)])
def test_a_filter_bars_where_five_others_are(seen, is_hard):
    assert FilterTerms().are_hard(seen) is is_hard


def test_a_place_is_shut_while_all_who_were_there_lately_are_filtered_and_too_many_to_come_last():
    filtered = dict.fromkeys((1, 2, 3), HOUR)
    assert shut_until(there(1, 2, 3), filtered, TERMS) == HOUR
    assert shut_until(there(1, 2, 3, 4), filtered, TERMS) is None, "one of them is not filtered"
    assert shut_until(there(1, 2), filtered, TERMS) is None, "they come last"
    assert shut_until([], filtered, TERMS) is None, "an empty room is no reason to refuse: somebody may come"
    assert shut_until(there(left={1: 1, 2: 1, 3: 1}), filtered, TERMS) is None


def test_it_opens_when_the_first_filter_ends():
    filtered = {1: HOUR, 2: NOW + timedelta(seconds=90), 3: HOUR}
    assert shut_until(there(1, 2, 3), filtered, TERMS) == NOW + timedelta(seconds=90)


def test_it_opens_when_too_few_still_count():
    filtered = dict.fromkeys((1, 2, 3, 4), HOUR)
    assert shut_until(there(1, 2, left={3: 100}), filtered, TERMS) == NOW + timedelta(seconds=500)
    assert shut_until(there(1, 2, left={3: 100, 4: 30}), filtered, TERMS) == NOW + timedelta(seconds=570)
    assert shut_until(there(1, 2, 3, left={4: 100}), filtered, TERMS) == HOUR
    assert shut_until(there(1, 2, left={3: 100, 5: 1}), filtered, TERMS) is None, "they may come back"
