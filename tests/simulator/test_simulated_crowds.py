"""Simulated crowds: as accurate and as alike as asked; the floor finds the careless, and leaves the honest alone."""

from random import Random
from statistics import fmean

import pytest

from manyeyes.simulator.crowd import CrowdWorld, Habit, accuracy_at, look, picture
from manyeyes.simulator.floor_study import FloorCase, below_from, is_promise_kept, study
from manyeyes.skills.floor import FloorRule

WORLD = CrowdWorld()
RULE = FloorRule(floor=0.7, options=4)
PICTURES = 20_000


@pytest.mark.parametrize("accuracy", [0.3, 0.7, 0.9, 0.97])
@pytest.mark.parametrize("difficulty", [0.0, 0.2, 0.5])
def test_people_are_as_accurate_as_asked_on_pictures_of_any_difficulty(accuracy, difficulty):
    world, chance = CrowdWorld(difficulty=difficulty), Random(1)
    seen = [picture(world, chance) for _ in range(PICTURES)]
    right = fmean(look(world, chance, each, accuracy) == each.truth for each in seen)
    assert right == pytest.approx(accuracy, abs=0.015)


def test_two_average_people_s_errors_correlate_as_asked():
    world, chance = CrowdWorld(difficulty=0.3), Random(2)
    seen = [picture(world, chance) for _ in range(PICTURES)]
    errors = [[look(world, chance, each, world.accuracy) != each.truth for each in seen] for _ in range(2)]
    rate = 1 - world.accuracy
    both = fmean(one and other for one, other in zip(*errors, strict=True))
    assert (both - rate**2) / (rate * (1 - rate)) == pytest.approx(0.3, abs=0.03)


def test_of_gold_rare_labels_are_as_many_as_others():
    world, chance = CrowdWorld(options=2, first=0.9), Random(3)
    firsts = [fmean(picture(world, chance, gold).truth == "label 0" for _ in range(4_000)) for gold in (False, True)]
    assert firsts == pytest.approx([0.9, 0.5], abs=0.03)


def test_who_drifts_is_good_for_long_and_who_is_tired_recovers():
    assert accuracy_at(Habit.DRIFTING, 0.92, 200) == 0.92
    assert accuracy_at(Habit.DRIFTING, 0.92, 250) == pytest.approx(0.61)
    assert accuracy_at(Habit.DRIFTING, 0.92, 900) == pytest.approx(0.3)
    assert accuracy_at(Habit.TIRED, 0.9, 99) < accuracy_at(Habit.TIRED, 0.9, 100) == 0.9


@pytest.mark.parametrize("habit", [Habit.RANDOM, Habit.FIRST_LABEL])
def test_who_does_not_look_is_found_within_50_tasks(habit):
    found = study(FloorCase(world=WORLD, rule=RULE, habit=habit), 40)
    assert is_promise_kept(found)
    assert found.alike == 0


def test_a_model_s_answers_are_found_and_stop_nobody_by_themselves():
    found = study(FloorCase(world=CrowdWorld(model=0.7), rule=RULE, habit=Habit.MODEL), 20)
    assert found.alike >= 0.9


@pytest.mark.parametrize("habit", [Habit.HONEST, Habit.JUST_GOOD_ENOUGH, Habit.TIRED])
def test_honest_people_are_left_alone(habit):
    found = study(FloorCase(world=WORLD, rule=RULE, habit=habit, tasks=60), 15)
    assert found.found == 0
    assert is_promise_kept(found)


def test_a_study_is_the_same_each_time():
    case = FloorCase(world=WORLD, rule=RULE, habit=Habit.RANDOM)
    assert study(case, 3) == study(case, 3)


def test_the_floor_is_crossed_where_the_accuracy_says_so():
    case = FloorCase(world=WORLD, rule=RULE, habit=Habit.DRIFTING, accuracy=0.92)
    assert accuracy_at(Habit.DRIFTING, 0.92, below_from(case)) == pytest.approx(RULE.floor, abs=0.01)
    with pytest.raises(ValueError, match="accuracy at the beginning"):
        below_from(FloorCase(world=WORLD, rule=RULE, habit=Habit.DRIFTING))
