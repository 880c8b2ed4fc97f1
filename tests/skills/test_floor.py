"""The floor finds who does not look, keeps its promise to honest people, and is refused where it never could fire."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.skills.alike import SharedError, is_copying_pair, is_hasty, is_model_user, shared_errors
from manyeyes.skills.floor import (
    FLOOR_ALARMS,
    FloorRule,
    FloorStanding,
    agreement,
    fewest_wrong,
    floor_fault,
    stake_against,
    standing,
    upper_bound,
)
from manyeyes.skills.rules import Evidence, EvidenceSource

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RULE = FloorRule(floor=0.7, options=4)
GOLD, PEERS = EvidenceSource.GOLD, EvidenceSource.PEERS


def answers(outcomes, source=GOLD, truth="b", wrong="a"):
    return [
        Evidence(task_id=n, source=source, at=NOW, truth=truth, given=truth if right else wrong, is_unanimous=True)
        for n, right in enumerate(outcomes)
    ]


rules = st.builds(
    lambda options, far: FloorRule(floor=1 / options + far * (0.95 - 1 / options), options=options),
    st.integers(2, 6),
    st.floats(0.1, 1),
)


@given(rules, st.booleans())
def test_the_bet_is_fair_to_whoever_is_just_good_enough(rule, of_peers):
    """The mean of the stake after one more answer is what it was and what is added: Doob asks for no more."""
    source = PEERS if of_peers else GOLD
    chance = agreement(rule.floor, rule) if of_peers else rule.floor
    before = answers([True, False, False], GOLD)
    right, wrong = (stake_against([*before, *answers([outcome], source)], rule) for outcome in (True, False))
    assert chance * right + (1 - chance) * wrong == pytest.approx(stake_against(before, rule) + 0.0002)


@given(rules)
def test_better_people_lose_the_bet_against_them(rule):
    before = answers([True, False, False])
    right, wrong = (stake_against([*before, *answers([outcome])], rule) for outcome in (True, False))
    assert right < stake_against(before, rule) < wrong


def test_of_people_exactly_at_the_floor_at_most_two_in_a_hundred_are_ever_stopped():
    chance = random.Random("at the floor")
    stopped = 0
    for _ in range(400):
        evidence = answers([chance.random() < RULE.floor for _ in range(150)])
        stopped += any(stake_against(evidence[:n], RULE) >= 1 / FLOOR_ALARMS for n in range(10, 151, 10))
    assert stopped <= 8


def test_who_is_always_wrong_is_stopped_and_told_by_which_answers():
    needed = fewest_wrong(RULE)
    evidence = answers([False] * needed)
    assert standing(evidence, RULE).is_below
    assert not standing(evidence[:-1], RULE).is_below
    assert upper_bound(evidence, RULE) <= RULE.floor < upper_bound(evidence[:-1], RULE)


def test_the_word_of_others_alone_stops_nobody_but_brings_more_gold():
    stood = standing(answers([False] * 40, PEERS, "b", "c"), FloorRule(floor=0.7, options=None))
    assert stood.stake > 1 / FLOOR_ALARMS
    assert stood.suspicion == 1
    assert not stood.is_below


def test_who_always_gives_one_label_is_told_so_though_most_of_it_is_right():
    evidence = [*answers([True] * 100, truth="a"), *answers([False] * 13)]
    stood = standing(evidence, FloorRule(floor=0.7, options=2))
    assert stood.stake < 1
    assert stood.is_below
    assert stood.one_label == "a"


def test_newcomers_stand_without_any_doubt():
    assert standing([], RULE) == FloorStanding(stake=0.8, suspicion=0.0, is_below=False)
    assert upper_bound([], RULE) == 1.0


@settings(max_examples=30)
@given(st.lists(st.booleans(), max_size=40))
def test_the_upper_bound_falls_below_the_floor_when_the_bet_is_won(outcomes):
    evidence = answers(outcomes)
    won = stake_against(evidence, RULE) >= 1 / FLOOR_ALARMS
    assert (upper_bound(evidence, RULE) <= RULE.floor + 1e-5) >= won


@pytest.mark.parametrize(
    ("rule", "gold_items", "why"),
    [
        (FloorRule(floor=0.25, options=4), 100, "guessing"),
        (FloorRule(floor=0.01), 100, "guessing"),
        (FloorRule(floor=1.2, options=4), 100, "at most 99"),
        (FloorRule(floor=1.0, options=4), 100, "at most 99"),
        (FloorRule(floor=float("nan"), options=4), 100, "guessing"),
        (FloorRule(floor=0.7, options=1), 100, "one label"),
        (FloorRule(floor=0.7, options=4), 0, "never fire"),
        (FloorRule(floor=0.7, options=4), fewest_wrong(RULE) - 1, "never fire"),
    ],
)
def test_a_floor_that_cannot_work_is_refused(rule, gold_items, why):
    assert why in floor_fault(rule, gold_items)


def test_a_floor_that_can_fire_is_taken():
    assert floor_fault(RULE, fewest_wrong(RULE)) == ""
    assert floor_fault(RULE, 0, gold_from_audits=True) == ""


@given(rules)
def test_a_floor_that_is_taken_does_fire(rule):
    needed = fewest_wrong(rule)
    assert floor_fault(rule, needed) == ""
    assert standing(answers([False] * needed), rule).is_below


def test_errors_are_shared_where_one_of_two_is_wrong():
    truths = {1: "a", 2: "a", 3: "a", 4: "a"}
    mine = {1: "a", 2: "b", 3: "b", 4: "b", 9: "b"}
    theirs = {1: "a", 2: "b", 3: "c", 4: "a", 9: "b"}
    assert shared_errors(truths, mine, theirs) == [SharedError(2, True), SharedError(3, False), SharedError(4, False)]


def test_a_pair_needs_more_of_the_same_errors_where_more_people_could_look_alike():
    errors = [SharedError(n, True) for n in range(40)]
    needed = [next(n for n in range(41) if is_copying_pair(errors[:n], 4, people)) for people in (2, 20, 200)]
    assert needed == sorted(needed)
    assert needed[0] < needed[2]
    assert needed[0] <= next(n for n in range(41) if is_model_user(errors[:n], 4)) <= needed[2]


def test_honest_people_who_find_the_same_pictures_hard_are_no_pair():
    errors = [SharedError(n, n % 10 < 3) for n in range(300)]
    assert not any(is_copying_pair(errors[:n], 4, 2) for n in range(301))


def test_others_who_are_often_wrong_win_the_bet_less():
    unlike = answers([False] * 6, PEERS)
    poor = FloorRule(floor=0.7, options=4, peers_right=0.7)
    assert 1 < stake_against(unlike, poor) < stake_against(unlike, RULE) / 2


def test_haste_is_a_half_of_enough_answers():
    assert not is_hasty(3, 20)
    assert not is_hasty(9, 9), "too few to say"
    assert is_hasty(10, 20)
