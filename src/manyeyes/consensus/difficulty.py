"""How far people err together on the same pictures, learnt from gold that several of them had. Pure.

A picture that is hard is hard for everybody: about it people err with a chance of its own. The correlation of two
people's errors on a picture is the variance of that chance, divided by what it would be if each picture were hopeless
or plain (the intraclass correlation of a beta-binomial). It is estimated by moments: of w wrong of n answers about a
picture, w (w - 1) / (n (n - 1)) is on average the square of its chance, whatever the chances are like.
"""

import msgspec

USUAL_DIFFICULTY = 0.2  # a guess, for where too little is known
MOST_DIFFICULTY = 0.8  # above, a rehearsal is of pictures that everybody or nobody knows
FEWEST_PAIRS = 200  # then the estimate lies within 0.15 in 95 cases of 100
FEWEST_WRONG = 20  # who errs hardly ever errs together by luck


class CheckedTogether(msgspec.Struct, frozen=True, kw_only=True):
    """Of pictures that two people at least answered, and whose truth is known: ``answers``, and ``wrong`` ones.

    ``pairs``: the sum of n - 1 over pictures with n answers; ``both_wrong``: that of w (w - 1) / n, with w wrong.
    """

    answers: int
    wrong: int
    pairs: int
    both_wrong: float


def learnt_difficulty(seen: CheckedTogether) -> float | None:
    """Return the correlation of two people's errors on a picture, 0 to `MOST_DIFFICULTY`; None: too little is known."""
    if seen.pairs < FEWEST_PAIRS or seen.wrong < FEWEST_WRONG or seen.wrong == seen.answers:
        return None
    wrong = seen.wrong / seen.answers
    found = (seen.both_wrong / seen.pairs - wrong**2) / (wrong * (1 - wrong))
    return min(max(found, 0.0), MOST_DIFFICULTY)


def is_guessed(learnt: float | None, answers_at_most: int) -> bool:
    """Tell whether an expectation must say that it guesses how far people err on the same pictures.

    It does where nothing was learnt of it and several people are asked: of one it plays no part.
    """
    return learnt is None and answers_at_most > 1
