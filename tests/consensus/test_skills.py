"""Skills as chances: never out of bounds, half as much after a month, and never learnt from one's own vote."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus.test_decide import CATS, FIELDS, LABEL, LABELS, asked, crowds, people, skills_of_one
from manyeyes.consensus.others import judged_by_others
from manyeyes.consensus.rules import Method, Skill
from manyeyes.consensus.skills import HALF_LIFE_DAYS, added, chance_right, confusion_row, decayed, seen_right


@given(skills_of_one, st.integers(2, 1000))
def test_a_chance_is_neither_certain_nor_less_than_a_guess(skill, choices):
    assert 1 / choices <= chance_right(skill, choices) < 1


@given(skills_of_one, st.sampled_from(CATS))
def test_a_row_is_a_distribution_without_noughts(skill, truth):
    row = confusion_row(skill, truth, CATS)
    assert set(row) == set(CATS)
    assert all(chance > 0 for chance in row.values())
    assert math.fsum(row.values()) == pytest.approx(1)


def test_evidence_halves_in_a_month_and_then_again():
    skill = Skill(right=8, wrong=4, confusion={"cat": {"dog": 2}})
    assert decayed(skill, 0) == skill
    assert decayed(skill, HALF_LIFE_DAYS) == Skill(right=4, wrong=2, confusion={"cat": {"dog": 1}})
    assert decayed(decayed(skill, 13), 17).right == pytest.approx(decayed(skill, 30).right)


def test_evidence_is_added_by_its_weight():
    once = added(Skill(), seen_right("cat", "cat"))
    twice = added(once, seen_right("dog", "cat"), 0.5)
    assert twice == Skill(right=1, wrong=0.5, confusion={"cat": {"cat": 1, "dog": 0.5}})
    assert once == seen_right("cat", "cat")


@given(asked, crowds, st.sampled_from(Method))
def test_each_person_is_told_one_answers_weight_at_most_by_the_others(question, skills, method):
    shape, texts = question
    found = judged_by_others(shape, people(texts), skills, method)
    assert set(found) == (set(range(1, len(texts) + 1)) if len(texts) > 1 else set())
    for evidence in found.values():
        assert evidence.right + evidence.wrong <= 1 + 1e-9
        assert min(evidence.right, evidence.wrong) >= -1e-9
        assert sum(sum(row.values()) for row in evidence.confusion.values()) <= 1 + 1e-9


@given(st.lists(st.sampled_from(CATS), min_size=3, max_size=7), crowds, skills_of_one, st.sampled_from(Method))
def test_ones_own_skill_does_not_change_what_the_others_say(texts, skills, mine, method):
    before = judged_by_others(LABEL, people(texts), skills, method)
    assert judged_by_others(LABEL, people(texts), {**skills, 1: mine}, method)[1] == before[1]


def test_who_stands_alone_against_many_is_probably_wrong():
    found = judged_by_others(LABEL, people(["cat", "cat", "cat", "dog"]), {}, Method.ONE_COIN)
    assert found[1].right > 3 * found[1].wrong
    assert found[4].wrong > 0.9
    assert found[4].confusion["cat"]["dog"] == pytest.approx(found[4].wrong, rel=0.01)


def test_the_less_the_others_know_the_less_they_tell():
    one, two = (judged_by_others(LABEL, people(["cat"] * n), {}, Method.ONE_COIN)[1] for n in (2, 3))
    assert one.right == pytest.approx(0.7**2 * 0.8)  # of three labels, .8 by one is .7 more than chance alone
    assert one.right + one.wrong < two.right + two.wrong < 1
    guesses = dict.fromkeys(range(1, 4), Skill(wrong=1e12))
    told = judged_by_others(LABEL, people(["cat"] * 3), guesses, Method.ONE_COIN)[1]
    assert told.right + told.wrong == pytest.approx(0)


def test_parts_share_one_answers_weight():
    labels = judged_by_others(LABELS, people(['["cat"]', '["cat"]', '["cat","dog"]']), {}, Method.MAJORITY)
    form, other = (f'{{"name":"{name}","age":1,"of":["cat"]}}' for name in ("Bo", "Al"))
    fields = judged_by_others(FIELDS, people([form, form, other]), {}, Method.MAJORITY)
    for found in (labels, fields):
        assert found[3].wrong > 3 * found[1].wrong
        assert found[3].right > found[3].wrong
        assert found[3].right + found[3].wrong < 1
