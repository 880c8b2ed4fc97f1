"""What a customer's word on a worker means: for how long, which of two counts, whose lists are asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.allow_list.rules import Standing, allow_lists, are_all_filtered, ends_at, filters, latest

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


def test_all_are_filtered_when_somebody_is_there_and_nobody_else():
    assert are_all_filtered(True, False)
    assert not are_all_filtered(True, True)
    assert not are_all_filtered(False, False), "an empty room is no reason to refuse: somebody may come"
