"""Proving a threshold: the numbers that plans need, what the order of tests does, and how often the promise breaks."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.proof import ASKED_ALL, Audited, Stop, audits_needed, is_refuted, prove, thresholds
from manyeyes.consensus.rules import NOT_PROVEN, Proof
from manyeyes.values.binomial_bounds import drawn_tail, lower_bound, tail

TARGETS = st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.3])


def audits(right: int, wrong: int, score: float = 0.9) -> list[Audited]:
    return [Audited((Stop(score, False),))] * right + [Audited((Stop(score, True),))] * wrong


@pytest.mark.parametrize(("target", "needed"), [(0.01, 1_952), (0.02, 980), (0.05, 393), (0.1, 179)])
def test_so_many_audits_prove_a_target_of_which_half_is_true(target, needed):
    assert audits_needed(target) == needed
    passing = max(k for k in range(needed) if tail(k, needed, target) <= 0.05)
    assert tail(passing, needed, target / 2) >= 0.8


@pytest.mark.parametrize(
    ("audited", "wrong", "needed"),
    [(59, 0, 0), (58, 0, None), (393, 12, 0), (392, 13, None), (93, 1, 0), (92, 1, None)],
)
def test_nothing_is_needed_from_the_very_audit_on_that_proves_it(audited, wrong, needed):
    found = audits_needed(0.05, audited, wrong)
    assert (found == 0) if needed == 0 else found > 0


@given(TARGETS, st.integers(0, 400), st.integers(0, 40))
def test_one_wrong_more_never_needs_fewer_audits(target, audited, wrong):
    wrong = min(wrong, max(audited - 1, 0))
    few, more = audits_needed(target, audited, wrong), audits_needed(target, audited, min(wrong + 1, audited))
    assert more is None or (few is not None and few <= more)


@given(TARGETS, st.integers(1, 300), st.integers(0, 30))
def test_what_is_needed_proves_it_if_half_the_target_is_wrong_in_it(target, audited, wrong):
    needed = audits_needed(target, audited, wrong)
    if needed and wrong <= audited * target / 2:
        later = audits(audited + needed - wrong - int(needed * target / 2), wrong + int(needed * target / 2))
        assert prove(later, [0.9], target).proof == Proof(threshold=0.9)


def test_no_number_of_audits_is_enough_where_too_many_are_wrong():
    assert audits_needed(0.05, 1_000, 100) is None


@given(TARGETS, st.lists(st.floats(0, 1), unique=True).map(lambda found: sorted(found, reverse=True)))
def test_nothing_is_proven_and_nothing_refused_without_an_audit(target, candidates):
    proving = prove([], candidates, target)
    assert proving.proof == NOT_PROVEN
    assert proving.missing == audits_needed(target)


@given(TARGETS, st.lists(st.tuples(st.sampled_from([0.5, 0.8, 0.95]), st.booleans()), max_size=200), st.data())
def test_one_right_instead_of_wrong_never_raises_the_threshold(target, found, data):
    wrong = [place for place, (_, is_wrong) in enumerate(found) if is_wrong]
    before = prove([Audited((Stop(*one),)) for one in found], [0.95, 0.8, 0.5], target)
    if wrong:
        place = data.draw(st.sampled_from(wrong))
        found[place] = (found[place][0], False)
    after = prove([Audited((Stop(*one),)) for one in found], [0.95, 0.8, 0.5], target)
    assert (after.proof.threshold or 2) <= (before.proof.threshold or 2) or before.proof.threshold is None
    assert before.proof.threshold is None or after.proof.threshold is not None
    assert before.proof.is_refused or not after.proof.is_refused


@given(TARGETS, st.integers(1, 500), st.integers(0, 500))
def test_one_threshold_is_proven_exactly_when_the_tail_says_so(target, right, wrong):
    proving = prove(audits(right, wrong, 0.99), [0.9], target)
    assert (proving.proof.threshold is not None) == (tail(wrong, right + wrong, target) <= 1 - 0.95)
    assert proving.proof.is_refused == (lower_bound(wrong, right + wrong, 0.95) > target)
    assert proving.points[0].is_proven == (proving.points[0].most_wrong <= target + 1e-9)


def test_the_first_threshold_that_does_not_stand_ends_it():
    found = audits(20, 5, 0.99) + audits(5_000, 0, 0.5)
    proving = prove(found, [0.9, 0.4], 0.05)
    assert proving.proof == Proof(is_refused=True)
    assert [point.is_proven for point in proving.points] == [False, False]
    assert tail(5, 5_025, 0.05) < 0.05  # by itself the second would


def test_the_lowest_that_stands_is_proven():
    found = audits(100, 0, 0.99) + audits(100, 3, 0.8) + audits(10, 40, 0.6)
    proving = prove(found, [0.95, 0.8, 0.5], 0.05)
    assert proving.proof == Proof(threshold=0.8)
    assert [(point.accepted, point.wrong, point.is_proven) for point in proving.points] == [
        *((100, 0, True), (203, 3, True), (253, 43, False)),
    ]
    assert proving.missing == 0


def test_a_result_is_accepted_at_its_first_score_that_is_enough():
    changing = Audited((Stop(0.6, True), Stop(0.95, False), Stop(0.99, True)))
    strict, middle, lenient = prove([changing], [0.98, 0.9, 0.5], 0.05).points
    assert [strict.wrong, middle.wrong, lenient.wrong] == [1, 0, 1]


def test_what_a_stricter_threshold_would_have_made_of_a_result_is_not_guessed():
    stopped = Audited((Stop(0.9, True),), until=0.9)
    asked = Audited((Stop(0.7, False),), until=ASKED_ALL)
    strict, lenient = prove([stopped, asked], [0.95, 0.6], 0.05).points
    assert (strict.known, strict.accepted) == (1, 0)
    assert (lenient.known, lenient.accepted, lenient.wrong) == (2, 2, 1)


def test_missing_audits_are_counted_in_results_to_be_drawn():
    found = audits(30, 0, 0.99) + audits(30, 0, 0.5)
    assert prove(found, [0.9], 0.05).missing == 2 * audits_needed(0.05, 30, 0)


def test_people_who_do_not_know_are_refused():
    proving = prove(audits(330, 73), [0.9], 0.1)
    assert proving.proof == Proof(is_refused=True)
    assert proving.missing is None


def test_what_audits_refute_is_refused_though_a_stricter_score_might_still_be_proven():
    strict, usual = audits(30, 1, 0.99), audits(200, 60, 0.96)
    assert prove(strict, [0.98], 0.05).proof == NOT_PROVEN
    assert prove(strict + usual, [0.98, 0.95], 0.05).proof == Proof(is_refused=True)


def test_nothing_is_refused_that_is_proven_at_a_stricter_score():
    found = audits(100, 0, 0.99) + audits(200, 60, 0.96)
    assert is_refuted(found, 0.05)
    assert prove(found, [0.98, 0.95], 0.05).proof == Proof(threshold=0.98)


def test_what_is_not_accepted_without_a_proof_refuses_nothing():
    below, above = audits(0, 100, 0.94), audits(20, 0, 0.95)
    assert prove(below + above, [0.95, 0.9], 0.05).proof == NOT_PROVEN
    stopped_earlier = [Audited((Stop(0.99, True),), until=0.9)] * 100
    assert not is_refuted(stopped_earlier, 0.05)


@given(TARGETS, st.integers(1, 300), st.integers(0, 300))
def test_refuted_is_what_the_lower_bound_says_of_what_is_accepted_without_a_proof(target, right, wrong):
    found = audits(right, wrong, 1 - target) + audits(0, 50, 0.2)
    assert is_refuted(found, target) == (lower_bound(wrong, right + wrong, 0.95) > target)


@given(st.integers(1, 100), st.integers(0, 100))
def test_a_target_of_nothing_is_never_proven_and_one_of_everything_always(right, wrong):
    none, everything = (prove(audits(right, wrong, 1.0), [0.9], target).proof for target in (0.0, 1.0))
    assert none == Proof(is_refused=wrong > 0)
    assert everything == Proof(threshold=0.9)
    assert audits_needed(0.0) is None
    assert audits_needed(1.0, 1, 1) == 0


@pytest.mark.parametrize(("target", "confidence"), [(-0.1, 0.95), (1.1, 0.95), (0.05, 0.0), (0.05, 1.0)])
def test_what_is_no_share_is_refused(target, confidence):
    for asked in (
        lambda: prove([], [], target, confidence),
        lambda: audits_needed(target, confidence=confidence),
        lambda: thresholds([0.9], 10, target, confidence),
    ):
        with pytest.raises(ValueError, match="share"):
            asked()


def test_thresholds_that_do_not_fall_are_refused():
    with pytest.raises(ValueError, match="strictest"):
        prove([], [0.8, 0.8], 0.05)


@given(st.lists(st.floats(0, 1), min_size=1), st.integers(1, 5_000), TARGETS)
def test_thresholds_fall_and_all_results_reach_the_last(scores, drawn, target):
    found = thresholds(scores, drawn, target)
    assert list(found) == sorted(set(found), reverse=True)
    assert 1 <= len(found) <= 20
    assert found[-1] <= min(scores)


def test_the_first_threshold_leaves_audits_enough():
    scores = [place / 1_000 for place in range(1_000)]
    assert thresholds(scores, 3_930, 0.05)[0] == 0.9  # a tenth of them is 393, which prove 5 % if 2.5 % are wrong
    assert thresholds(scores, 785, 0.05)[0] == 0.8  # a fifth is 157, which prove it if 1.25 % are wrong
    assert thresholds(scores, 100, 0.05) == (0.0,)
    assert thresholds([], 100, 0.05) == thresholds(scores, 0, 0.05) == ()


@pytest.mark.parametrize("shape", ["flat", "surest where wrong", "cliff"])
def test_the_promise_is_broken_in_at_most_one_of_twenty(shape):
    chance, target, runs, broken = random.Random(f"proof {shape}"), 0.05, 200, 0
    wrong_at = {
        "flat": lambda score: 0.051,
        "surest where wrong": lambda score: 0.02 + 0.1 * score,
        "cliff": lambda score: 0.01 if score > 0.5 else 0.1,
    }[shape]
    candidates = thresholds([chance.random() for _ in range(500)], 300, target)
    for _ in range(runs):
        scores = [chance.random() for _ in range(300)]
        found = [Audited((Stop(score, chance.random() < wrong_at(score)),)) for score in scores]
        threshold = prove(found, candidates, target).proof.threshold
        if threshold is not None:
            steps = [threshold + (1 - threshold) * (n + 0.5) / 100 for n in range(100)]
            broken += sum(map(wrong_at, steps)) / 100 > target
    assert broken <= runs * 0.05


@pytest.mark.parametrize(("right", "wrong", "is_enough"), [(393, 0, True), (388, 5, True), (381, 12, False)])
def test_a_promise_about_results_that_are_there_takes_more(right, wrong, is_enough):
    found = audits(right, wrong)
    assert prove(found, [0.9], 0.05).proof.threshold == 0.9
    here = prove(found, [0.9], 0.05, promised=[0.95] * 393)
    assert (here.proof.threshold == 0.9) == is_enough
    assert (here.missing == 0) == is_enough
    assert prove(found, [0.9], 0.05, promised=[0.5] * 393).proof.threshold == 0.9  # none of these is accepted


def test_many_promised_results_are_like_a_rate():
    for wrong in range(20):
        rate = prove(audits(393 - wrong, wrong), [0.9], 0.05).proof
        assert prove(audits(393 - wrong, wrong), [0.9], 0.05, promised=[0.9] * 1_000_000).proof == rate


@pytest.mark.parametrize(("audited", "others"), [(300, 300), (100, 1_000), (400, 60)])
def test_a_promise_about_the_others_is_broken_in_at_most_one_of_twenty_exactly(audited, others):
    target, rest = 0.05, [0.9] * others
    proven = [
        wrong
        for wrong in range(audited // 10)
        if prove(audits(audited - wrong, wrong), [0.9], target, promised=rest).proof.threshold
    ]
    assert proven == list(range(len(proven)))
    worst = 0.0
    for wrong in range(1, audited + others):  # in all; it is broken where so few are audited that too many are left
        breaking = min(max(proven, default=-1), wrong - math.floor(target * others) - 1)
        worst = max(worst, drawn_tail(breaking, audited, wrong, audited + others) if breaking >= 0 else 0.0)
    assert 0.005 < worst <= 0.05
