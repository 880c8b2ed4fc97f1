"""Evidence fades, stands still while an appeal is open, and adds up alike however it is added; wrong gold falls."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.rules import Skill
from manyeyes.consensus.skills import decayed
from manyeyes.skills.rules import (
    WEIGHTS,
    AppealSpan,
    Evidence,
    EvidenceSource,
    GoldAnswer,
    PeersView,
    days_counted,
    fading,
    skill_of,
    truth_against_gold,
    views_of_others,
    views_of_peers,
    with_evidence,
    without_gold,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LABELS = ("cat", "dog")
GOOD, POOR, NEW = Skill(right=18.0, wrong=2.0), Skill(right=12.0, wrong=8.0), Skill(right=4.0)

days = st.floats(0, 400)
moments = days.map(lambda d: NOW - d * DAY)
appeals = st.lists(
    st.tuples(days, st.none() | st.floats(0, 60)).map(
        lambda t: AppealSpan(NOW - t[0] * DAY, None if t[1] is None else NOW - t[0] * DAY + t[1] * DAY)
    ),
    max_size=4,
)


def piece(source=EvidenceSource.GOLD, at=NOW, truth="cat", given="cat", task_id=1, **more):
    return Evidence(task_id=task_id, source=source, at=at, truth=truth, given=given, **more)


pieces = st.builds(
    piece,
    source=st.sampled_from(EvidenceSource),
    at=moments,
    truth=st.sampled_from(LABELS),
    given=st.sampled_from(LABELS),
)


@given(days)
def test_half_the_weight_is_left_after_thirty_days_more(passed: float):
    assert fading(passed + 30) == pytest.approx(fading(passed) / 2)
    assert 0 < fading(passed) <= 1


def test_a_surer_source_weighs_more():
    assert list(WEIGHTS) == list(EvidenceSource)
    weights = list(WEIGHTS.values())
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert weights[-1] > 0


@given(st.lists(pieces, max_size=12), appeals)
def test_no_weight_is_below_0_and_confusions_sum_to_the_rest(evidence, spans):
    skill = skill_of(evidence, NOW, spans, LABELS)
    assert skill.right >= 0
    assert skill.wrong >= 0
    cells = [w for row in skill.confusion.values() for w in row.values()]
    assert all(w >= 0 for w in cells)
    assert sum(cells) == pytest.approx(skill.right + skill.wrong)


@given(st.lists(pieces, max_size=12), days)
def test_fading_later_and_fading_at_once_are_the_same(evidence, passed):
    later = skill_of(evidence, NOW + passed * DAY, (), LABELS)
    stepwise = decayed(skill_of(evidence, NOW, (), LABELS), passed)
    assert stepwise.right == pytest.approx(later.right)
    assert stepwise.wrong == pytest.approx(later.wrong)


@given(st.lists(pieces, max_size=12), appeals)
def test_an_appeal_only_keeps_what_would_fade(evidence, spans):
    assert skill_of(evidence, NOW, spans).right >= skill_of(evidence, NOW).right - 1e-12


@given(moments, appeals)
def test_the_days_counted_are_some_of_those_that_passed(at, spans):
    assert -1e-9 <= days_counted(at, NOW, spans) <= (NOW - at) / DAY + 1e-9


def test_nothing_fades_while_an_appeal_is_open():
    since = NOW - 40 * DAY
    old = piece(at=NOW - 70 * DAY)
    assert days_counted(old.at, NOW, [AppealSpan(since)]) == pytest.approx(30)
    assert skill_of([old], NOW, [AppealSpan(since)]).right == pytest.approx(0.5)
    assert skill_of([old], NOW + 300 * DAY, [AppealSpan(since)]).right == pytest.approx(0.5)


def test_an_appeal_that_ended_counts_for_its_time_and_two_at_once_count_once():
    spans = [AppealSpan(NOW - 20 * DAY, NOW - 10 * DAY), AppealSpan(NOW - 18 * DAY, NOW - 12 * DAY)]
    assert days_counted(NOW - 30 * DAY, NOW, spans) == pytest.approx(20)


def test_what_lies_ahead_has_not_faded():
    assert days_counted(NOW + DAY, NOW) == 0


def test_only_labels_of_the_queue_are_confused_with_each_other():
    skill = with_evidence(Skill(), piece(given="horse"), LABELS)
    assert skill == Skill(wrong=1.0)
    assert with_evidence(skill, piece(given="dog"), LABELS).confusion == {"cat": {"dog": 1.0}}


def test_nobody_s_own_vote_is_among_what_the_others_say():
    assert views_of_others({1: "a", 2: "a", 3: "b"}) == {3: PeersView("a", True)}
    assert views_of_others({1: "a", 2: "a", 3: "a"}) == dict.fromkeys((1, 2, 3), PeersView("a", True))
    assert views_of_others({1: "a", 2: "b"}) == {}
    assert views_of_others({1: "a", 2: "a", 3: "a", 4: "b"})[1] == PeersView("a", False)


def test_only_those_who_were_asked_at_once_are_heard_three_at_least():
    keys = {1: "a", 2: "a", 3: "b", 4: "b", 5: "b"}
    assert views_of_peers(keys, {1, 2}) == {}
    assert views_of_peers(keys, {1, 2, 3}) == {3: PeersView("a", True)}
    assert views_of_peers(keys, keys) == views_of_others(keys)


@given(st.dictionaries(st.integers(1, 9), st.sampled_from("abc"), max_size=7), st.sampled_from("abc"))
def test_what_one_gives_oneself_changes_nothing_about_what_the_others_say(keys, other):
    for worker_id in keys:
        changed = views_of_others({**keys, worker_id: other})
        assert changed.get(worker_id) == views_of_others(keys).get(worker_id)


@pytest.mark.parametrize(
    ("answers", "falls_to"),
    [
        ([("b", GOOD)] * 3, "b"),
        ([("b", GOOD)] * 2, None),
        ([("b", POOR)] * 9, None),
        ([("b", NEW)] * 9, None),
        ([("b", GOOD)] * 3 + [("a", GOOD)], "b"),
        ([("b", GOOD)] * 3 + [("a", GOOD)] * 2, None),
        ([("b", GOOD)] * 3 + [("a", POOR)] * 9, "b"),
        ([("b", GOOD), ("c", GOOD), ("d", GOOD)], None),
        ([], None),
    ],
)
def test_gold_falls_when_good_people_say_the_same_other_thing(answers, falls_to):
    assert truth_against_gold("a", [GoldAnswer(*answer) for answer in answers]) == falls_to


def test_gold_that_was_put_aside_says_nothing_of_anybody_any_more():
    fallen, verdict, other = piece(task_id=7), piece(EvidenceSource.VERDICT, task_id=7), piece(task_id=8)
    assert without_gold([fallen, verdict, other], {7}) == [verdict, other]
