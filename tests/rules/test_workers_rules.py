"""What a worker may do, and which skips say something about the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers.rules import SkipReason, counts_as_failure, may_judge, queues_for

LANGUAGES = st.sampled_from(["en", "ru", "vi", "th"])
QUEUE_LANGUAGES = {1: "en", 2: "ru", 3: "vi", 4: "en"}
QUEUES = st.integers(1, 6)


@given(
    st.none() | st.lists(QUEUES, max_size=4),
    st.none() | st.lists(LANGUAGES, max_size=3),
    st.lists(QUEUES, max_size=5),
    st.lists(LANGUAGES, max_size=4),
)
def test_a_presence_is_within_what_was_given(wanted, wanted_languages, queues, languages):
    decided = queues_for(wanted, wanted_languages, queues, languages, QUEUE_LANGUAGES)
    if isinstance(decided, Refusal):
        assert decided.reason is Reason.QUEUE_NOT_ALLOWED
        assert decided.detail
        return
    got, spoken = decided
    assert got
    assert set(got) <= set(queues) & set(QUEUE_LANGUAGES)
    assert set(spoken) <= set(languages)
    assert all(QUEUE_LANGUAGES[q] in spoken for q in got)
    assert wanted is None or set(got) <= set(wanted)


@given(st.lists(QUEUES, min_size=1, max_size=5), st.lists(LANGUAGES, min_size=1, max_size=4))
def test_who_asks_for_nothing_in_particular_gets_all_that_fits(queues, languages):
    fitting = {q for q in queues if QUEUE_LANGUAGES.get(q) in languages}
    decided = queues_for(None, None, queues, languages, QUEUE_LANGUAGES)
    assert not fitting if isinstance(decided, Refusal) else set(decided[0]) == fitting != set()


@pytest.mark.parametrize(
    ("wanted", "languages"), [([3], None), ([99], None), ([1, 99], None), (None, ["vi"]), ([1], ["ru"]), ([], None)]
)
def test_what_was_not_given_is_refused(wanted, languages):
    assert isinstance(queues_for(wanted, languages, [1, 2], ["en", "ru"], QUEUE_LANGUAGES), Refusal)


@pytest.mark.parametrize(
    ("reason", "counts"),
    [("unreadable", True), ("widget_failed", True), ("other", True), ("upsetting", False), ("wrong_language", False)],
)
def test_a_skip_counts_against_the_picture_unless_it_is_about_the_worker(reason: str, counts: bool):
    assert counts_as_failure(SkipReason(reason)) is counts


def test_a_queue_without_a_language_is_open_to_all_who_were_given_it():
    assert queues_for(None, None, [7], ["ru"], {7: "", 8: ""}) == ([7], ["ru"])
    assert isinstance(queues_for([8], None, [7], ["ru"], {7: "", 8: ""}), Refusal)


def test_complaints_go_to_reviewers_who_know_their_queues_language():
    assert may_judge(["en"], {1: "en", 2: "en", 3: "ru"}) == [1, 2]
    assert may_judge([], {1: "en"}) == []
