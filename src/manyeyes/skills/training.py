"""A queue's training set: what it may ask of people, and when it is passed (docs/decisions/0057)."""

from fractions import Fraction

import msgspec

MOST_UNPAID = 10
MOST_PICTURES = 100
MOST_TRIES = 3


class TrainingSet(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer, or somebody below the floor, does before the queue. ``pass_mark``: the share to be right.

    ``options``: among how many labels one chooses; None where answers are typed.
    """

    pictures: int
    is_paid: bool
    pass_mark: float
    options: int | None = None


def training_fault(training: TrainingSet) -> str:
    """Return why a training set is refused when it is saved, in words for the operator; empty when it is not."""
    if not 1 <= training.pictures <= MOST_PICTURES:
        return f"a training set has from 1 to {MOST_PICTURES} pictures"
    if not training.is_paid and training.pictures > MOST_UNPAID:
        return f"practice without pay has at most {MOST_UNPAID} pictures; pay for it, or make it shorter"
    if not 0 < training.pass_mark <= 1:
        return "the pass mark is a share above 0 and at most 1"
    if training.options is not None and training.pass_mark <= 1 / training.options:
        return "who guesses would pass: the pass mark must be above one in the number of labels"
    return ""


def right_needed(training: TrainingSet) -> int:
    """Return how many of the pictures must be right: the pass mark, rounded up."""
    exact = Fraction(str(training.pass_mark)) * training.pictures
    return -(-exact.numerator // exact.denominator)


def is_passed(training: TrainingSet, right: int) -> bool:
    """Tell whether so many right answers pass. Raises ValueError for more right ones than pictures, or fewer than 0."""
    if not 0 <= right <= training.pictures:
        raise ValueError("right answers are counted from 0 to the number of pictures")
    return right >= right_needed(training)


def may_practise(tries: int) -> bool:
    """Tell whether somebody who tried so often may try again: three times, then an operator decides."""
    return tries < MOST_TRIES
