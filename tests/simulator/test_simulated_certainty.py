"""More people make fewer errors, stopping when sure costs fewer people, and a rehearsal tells both beforehand."""

import pytest

from manyeyes.consensus.rehearsal import KnownCrowd, rehearse
from manyeyes.consensus.rules import HowMany
from manyeyes.simulator.certainty import GOLD_EACH, CertaintyQuestion, shape_of, study, terms_around
from manyeyes.simulator.crowd import CrowdWorld

WORLD = CrowdWorld(careless=0.0, accuracy=0.85, spread=0.0)
SURE = HowMany(first=1, at_most=7, wrong_at_most=0.05)


def test_five_are_wrong_less_often_than_one_and_sure_terms_need_fewer():
    one, five = (study(CertaintyQuestion(WORLD, HowMany(first=n, at_most=7)), runs=10) for n in (1, 5))
    sure = study(CertaintyQuestion(WORLD, SURE), runs=10)
    assert one.wrong.low > five.wrong.high
    assert sure.people.high < five.people.low
    assert sure.wrong.high < one.wrong.low


@pytest.mark.parametrize("options", [2, 4, None])
@pytest.mark.parametrize("how_many", [HowMany(first=1, at_most=1), HowMany(first=3, at_most=5), SURE])
def test_what_is_rehearsed_is_what_happens(options, how_many):
    world = CrowdWorld(options=options, careless=0.0, accuracy=0.85, spread=0.0, difficulty=0.3)
    crowd = KnownCrowd(accuracy=0.85, checked=GOLD_EACH, difficulty=0.3)
    expected = rehearse(crowd, shape_of(world), how_many, 2_000, 1_000)
    happened = study(CertaintyQuestion(world, how_many), runs=10)
    assert 1 - expected.accuracy.high <= happened.wrong.mean <= 1 - expected.accuracy.low
    assert expected.people.low - 0.1 <= happened.people.mean <= expected.people.high + 0.1


def test_the_asked_terms_come_first_and_once():
    tried = terms_around(SURE)
    assert tried[0] == SURE
    assert len(set(tried)) == len(tried)
    assert all(how_many.at_most <= 7 for how_many in tried)
