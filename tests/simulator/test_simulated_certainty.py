"""More people make fewer errors, stopping when sure costs fewer people, and a rehearsal tells both beforehand."""

import subprocess
import sys

import pytest

from manyeyes.consensus.rehearsal import Crowd, rehearse
from manyeyes.consensus.rules import HowMany
from manyeyes.simulator.certainty import CertaintyQuestion, shape_of, study, terms_around
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
    crowd = Crowd(accuracy=0.85, checked=400, difficulty=0.3)
    expected = rehearse(crowd, shape_of(world), how_many, 2_000, 1_000)
    happened = study(CertaintyQuestion(world, how_many), runs=10)
    assert 1 - expected.accuracy.high <= happened.wrong.mean <= 1 - expected.accuracy.low
    assert expected.people.low - 0.1 <= happened.people.mean <= expected.people.high + 0.1


def test_the_asked_terms_come_first_and_once():
    tried = terms_around(SURE)
    assert tried[0] == SURE
    assert len(set(tried)) == len(tried)
    assert all(how_many.at_most <= 7 for how_many in tried)


def simulate(*options):
    return subprocess.run(
        [sys.executable, "-m", "manyeyes", "simulate", "certainty", *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--answers", "8"), "--answers lie"),
        (("--answers-at-most", "16"), "--answers lie"),
        (("--wrong-at-most", "1"), "--wrong-at-most"),
        (("--labels", "1"), "--labels"),
        (("--accuracy", "1.2"), "--accuracy"),
        (("--difficulty", "0.9"), "--difficulty"),
        (("--out", "picture.pdf"), ".png or .svg"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(options, why):
    done = simulate(*options)
    assert done.returncode == 1
    assert why in done.stderr
    assert not done.stdout


def test_the_command_tells_what_terms_cost_and_draws_it(tmp_path):
    done = simulate("--answers-at-most", "3", "--labels", "2", "--out", str(tmp_path / "picture.png"))
    assert done.returncode == 0, done.stderr
    assert "1 to 3 people, 5% wrong at most" in done.stdout
    assert "rehearsal:" in done.stdout
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
