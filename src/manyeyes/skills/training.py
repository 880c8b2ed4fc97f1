"""A queue's training set: what it may ask of people, and when it is passed (docs/decisions/0057, 0065, 0072)."""

import math
from collections.abc import Collection, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import zip_longest

import msgspec

from manyeyes.skills.floor import chance_of

MOST_UNPAID = 10
MOST_PICTURES = 100
MOST_TRIES = 3
GUESSED_AT_MOST = 0.06  # ten pictures of two labels, of which eight must be right, are passed by guessing in 5.5 %
ALWAYS = 0.995


class TrainingSet(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer, or somebody below the floor, does before the queue. ``pass_mark``: the share to be right.

    ``options``: among how many answers one chooses; None where answers are typed. ``commonest``: how many of the
    pictures have the right answer that most of them have, where one chooses.
    """

    pictures: int
    is_paid: bool
    pass_mark: float
    options: int | None = None
    commonest: int = 0


def training_fault(training: TrainingSet) -> str:
    """Return why a training set is refused when it is saved, in words for the operator; empty when it is not."""
    if not 1 <= training.pictures <= MOST_PICTURES:
        return f"a training set has from 1 to {MOST_PICTURES} pictures"
    if not training.is_paid and training.pictures > MOST_UNPAID:
        return f"practice without pay has at most {MOST_UNPAID} pictures; pay for it, or make it shorter"
    if not 0 < training.pass_mark <= 1:
        return "the pass mark is a share above 0 and at most 1"
    chance = guessed_chance(training)
    if chance <= GUESSED_AT_MOST:
        return ""
    who = "who guesses" if training.options is None else "who guesses, or says the same of each picture,"
    often = "always" if chance > ALWAYS else f"in {chance:.0%} of the tries"
    return f"{who} would pass {often}, and at most {GUESSED_AT_MOST:.0%} may: {_ways(training)}"


def right_guess(training: TrainingSet) -> float:
    """Return how often a guess at one of the pictures is right: one in the number of answers that one chooses among.

    Or the share of the commonest right answer, if that is more: whoever always says it. A typed answer is taken as
    hardly ever guessed (`floor.chance_of`), whatever the truths are.
    """
    chance = chance_of(training.options)
    return chance if training.options is None else max(chance, training.commonest / training.pictures)


def guessed_chance(training: TrainingSet) -> float:
    """Return how likely somebody who only guesses passes a set in one try: a sum of the binomial distribution."""
    return _at_least(right_needed(training), training.pictures, right_guess(training))


def _at_least(right: int, pictures: int, chance: float) -> float:
    """Return how likely at least ``right`` of the pictures are guessed, each with the same chance."""
    counts = range(right, pictures + 1)
    return math.fsum(math.comb(pictures, n) * chance**n * (1 - chance) ** (pictures - n) for n in counts)


def _ways(training: TrainingSet) -> str:
    """Return what would mend a set that guessing passes: more pictures, of each label alike, or more of them right."""
    alike, ways = (", of each label alike," if training.options else ""), []
    for pictures in range(training.pictures, MOST_PICTURES + 1):
        commonest = -(-pictures // training.options) if training.options else 0
        enough = msgspec.structs.replace(training, pictures=pictures, commonest=commonest)
        if guessed_chance(enough) <= GUESSED_AT_MOST:
            paid = " that are paid" if pictures > MOST_UNPAID and not training.is_paid else ""
            ways.append(f"it needs {pictures} pictures{paid}{alike} at this pass mark")
            break
    for right in range(right_needed(training) + 1, training.pictures + 1):
        if _at_least(right, training.pictures, right_guess(training)) <= GUESSED_AT_MOST:
            mark = _mark(right, training.pictures)
            ways.append(f"{right} of these {training.pictures} must be right, a pass mark of {mark:g}")
            break
    return ", or ".join(ways) or "it needs a higher pass mark, and more pictures"


def _mark(right: int, pictures: int) -> float:
    """Return a pass mark, of three digits at the most, by which so many of the pictures must be right."""
    return math.floor(1_000 * right / pictures) / 1_000


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


def chosen_pictures(groups: Sequence[Sequence[int]], count: int) -> list[int]:
    """Return ``count`` pictures for a set, or all that there are, taken in turn from each group.

    ``groups``: the pictures of each label, or one group where answers are typed; so that rare labels are asked too.
    """
    in_turn = [each for row in zip_longest(*groups) for each in row if each is not None]
    return in_turn[:count]


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's last try with a queue's set, under the terms that they were told. ``left_ids``: still to be answered.

    ``tries``: how many they began, this one too. ``is_on``: they are there, and this is what they practise now.
    ``is_void``: it is open and decides nothing any more, since the bar for which it began is gone; ``is_freed``: and no
    other one came since.
    """

    worker_id: int
    queue_id: int
    tries: int
    left_ids: tuple[int, ...]
    given: int = 0
    correct: int = 0
    is_paid: bool
    pass_mark: float
    pay_micros: int
    lease_seconds: int
    begun_at: datetime
    ended_at: datetime | None = None
    is_passed: bool = False
    is_on: bool = False
    is_void: bool = False
    is_freed: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether it goes on when they ask; one of a bar that is gone lifts no younger one (decision 0065)."""
        return self.ended_at is None and not self.is_void

    @property
    def is_broken_off(self) -> bool:
        """Tell whether it ended before its time, since there is nothing to practise for any more: it is no try."""
        return self.is_void or (self.ended_at is not None and bool(self.left_ids))

    @property
    def pictures(self) -> int:
        """Return how many pictures the try has, answered or not."""
        return self.given + len(self.left_ids)

    @property
    def right_needed(self) -> int:
        """Return how many of the pictures that it has must be right; 0 where none is left of it."""
        whole = TrainingSet(pictures=self.pictures, is_paid=self.is_paid, pass_mark=self.pass_mark)
        return right_needed(whole)

    def answered(self, task_id: int, *, is_right: bool) -> "Practice":
        """Return the try with one more picture answered, or passed over, which is not right."""
        left = tuple(each for each in self.left_ids if each != task_id)
        replace = msgspec.structs.replace
        return replace(self, left_ids=left, given=self.given + 1, correct=self.correct + is_right)

    def only(self, known: Collection[int]) -> "Practice":
        """Return the try without the pictures that are none any more: forgotten, or denied by those who know.

        Where a coin might pass what is left it is void: else one need but wait until few are left. What was asked of
        each is not known here, so two labels are taken, which are guessed most easily.
        """
        left = tuple(each for each in self.left_ids if each in known)
        if left == self.left_ids or self.is_broken_off:
            return self
        whole = TrainingSet(pictures=self.given + len(left), is_paid=True, pass_mark=self.pass_mark, options=2)
        if not whole.pictures or guessed_chance(whole) > GUESSED_AT_MOST:
            return msgspec.structs.replace(self, is_void=True)
        return msgspec.structs.replace(self, left_ids=left)

    def broken_off(self, now: datetime) -> "Practice":
        """Return the try ended before its time, as no try; what was left of it stays left (docs/decisions/0072)."""
        replace = msgspec.structs.replace
        return replace(
            self,
            ended_at=now,
            tries=max(self.tries - 1, 0),
            is_on=False,
            is_void=False,
            is_freed=False,
        )

    def settled(self, now: datetime) -> "Practice":
        """Return the try ended if nothing of it is left; one that is void is broken off."""
        if self.is_void:
            return self.broken_off(now)
        if self.left_ids or self.ended_at is not None:
            return self
        whole = TrainingSet(pictures=self.given, is_paid=self.is_paid, pass_mark=self.pass_mark)
        return msgspec.structs.replace(self, ended_at=now, is_passed=is_passed(whole, self.correct), is_on=False)
