"""How far people err together is found where enough is known of it, and else nothing is said."""

import random

import pytest

from manyeyes.consensus.difficulty import (
    FEWEST_PAIRS,
    FEWEST_WRONG,
    MOST_DIFFICULTY,
    CheckedTogether,
    is_guessed,
    learnt_difficulty,
)


def seen(outcomes: list[tuple[int, int]]) -> CheckedTogether:
    """Return what is known of pictures, given as (answers, wrong)."""
    return CheckedTogether(
        answers=sum(n for n, _ in outcomes),
        wrong=sum(w for _, w in outcomes),
        pairs=sum(n - 1 for n, _ in outcomes),
        both_wrong=sum(w * (w - 1) / n for n, w in outcomes),
    )


def drawn(difficulty: float, wrong: float, pictures: int, chance: random.Random) -> list[tuple[int, int]]:
    """Return answers about pictures whose ease is beta-distributed, two to nine about each."""
    sharp = (1 - difficulty) / difficulty if difficulty else 0.0
    found = []
    for _ in range(pictures):
        hard = chance.betavariate(wrong * sharp, (1 - wrong) * sharp) if sharp else wrong
        n = chance.randint(2, 9)
        found.append((n, sum(chance.random() < hard for _ in range(n))))
    return found


@pytest.mark.parametrize("difficulty", [0.0, 0.1, 0.2, 0.5])
@pytest.mark.parametrize("wrong", [0.1, 0.3])
def test_the_correlation_of_drawn_crowds_is_found(difficulty: float, wrong: float):
    chance = random.Random(7)
    found = learnt_difficulty(seen(drawn(difficulty, wrong, 3_000, chance)))
    assert found == pytest.approx(difficulty, abs=0.05)


def test_what_is_enough_lies_near_in_most_cases():
    chance = random.Random(3)
    found = [learnt_difficulty(seen(drawn(0.2, 0.2, 45, chance))) for _ in range(300)]  # some 200 pairs
    told = [each for each in found if each is not None]
    assert len(told) > 100
    assert sum(abs(each - 0.2) <= 0.15 for each in told) >= 0.9 * len(told)


def test_too_little_tells_nothing():
    enough = CheckedTogether(answers=400, wrong=FEWEST_WRONG, pairs=FEWEST_PAIRS, both_wrong=1.0)
    assert learnt_difficulty(enough) is not None
    few_pairs = CheckedTogether(answers=400, wrong=FEWEST_WRONG, pairs=FEWEST_PAIRS - 1, both_wrong=1.0)
    few_wrong = CheckedTogether(answers=400, wrong=FEWEST_WRONG - 1, pairs=FEWEST_PAIRS, both_wrong=1.0)
    all_wrong = CheckedTogether(answers=400, wrong=400, pairs=FEWEST_PAIRS, both_wrong=200.0)
    nothing = CheckedTogether(answers=0, wrong=0, pairs=0, both_wrong=0.0)
    assert [learnt_difficulty(each) for each in (few_pairs, few_wrong, all_wrong, nothing)] == [None] * 4


def test_it_stays_where_a_rehearsal_can_be():
    apart = seen([(2, 1)] * 300)  # nobody ever errs with anybody
    together = seen([(2, 2)] * 150 + [(2, 0)] * 150)
    assert learnt_difficulty(apart) == 0.0
    assert learnt_difficulty(together) == MOST_DIFFICULTY


def test_a_guess_is_said_where_it_plays_a_part():
    assert [is_guessed(None, 1), is_guessed(None, 2), is_guessed(0.0, 2), is_guessed(0.3, 1)] == [
        False,
        True,
        False,
        False,
    ]
