"""Simulated reviewers against the closed form."""

import pytest

from manyeyes.reports.rules import Vote
from manyeyes.simulator.closed_form import majority_error, majority_votes
from manyeyes.simulator.review import RULES, Bench, judge, majority, study

CONFIRM, REJECT = Vote.CONFIRM, Vote.REJECT
SLACK = 1.6  # intervals of 95 % must miss now and then; so much wider, hardly one in a thousand does


@pytest.mark.parametrize("likeness", [0.0, 0.3])
@pytest.mark.parametrize("accuracy", [0.99, 0.9, 0.7])
def test_errors_and_votes_are_the_closed_form_s(accuracy, likeness):
    for found in study(Bench(accuracy, 0.3, likeness), seeds=20, complaints=600):
        needed = RULES[found.rule]
        expected = majority_error(accuracy, needed, likeness)
        chance_of_none = (1 - expected) ** (20 * 600)
        assert abs(found.errors.mean - expected) <= SLACK * found.errors.reach or chance_of_none > 0.01
        votes = majority_votes(accuracy, needed, likeness)
        assert abs(found.votes.mean - votes) <= SLACK * found.votes.reach + 1e-9
        assert found.wrong_refunds.mean + found.missed_refunds.mean == pytest.approx(found.errors.mean)


def test_wrong_refunds_come_from_unjustified_complaints_and_missed_ones_from_justified():
    assert {run.wrong_refunds for run in judge(Bench(0.7, 1.0), 1, 300).values()} == {0}
    assert {run.missed_refunds for run in judge(Bench(0.7, 0.0), 1, 300).values()} == {0}
    assert all(run.justified == 300 for run in judge(Bench(0.7, 1.0), 1, 300).values())


def test_the_same_seed_is_the_same_bench_of_reviewers():
    bench = Bench(0.8, 0.5, 0.2)
    assert judge(bench, 5, 200) == judge(bench, 5, 200)
    assert judge(bench, 5, 200) != judge(bench, 6, 200)


@pytest.mark.parametrize(
    ("needed", "votes", "found"),
    [
        (1, [REJECT], REJECT),
        (2, [CONFIRM], None),
        (2, [CONFIRM, REJECT], None),
        (2, [CONFIRM, REJECT, CONFIRM], CONFIRM),
        (3, [REJECT, REJECT, CONFIRM, CONFIRM], None),
        (3, [REJECT, REJECT, CONFIRM, CONFIRM, REJECT], REJECT),
    ],
)
def test_a_majority_decides_as_soon_as_enough_are_equal(needed, votes, found):
    assert majority(needed)(votes) == found
