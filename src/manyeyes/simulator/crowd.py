"""People who answer about the same pictures: hard pictures are hard for all of them, and some do not look."""

import enum
import math
from functools import lru_cache
from random import Random

import msgspec

from manyeyes.simulator.closed_form import beta_shape

LIKELY_WRONG = 0.6  # of wrong answers where several are possible, that are a picture's likely one


class CrowdWorld(msgspec.Struct, frozen=True, kw_only=True):
    """A queue and its people.

    ``options``: labels to choose from; None: answers are typed. ``first``: share of pictures whose truth is the first
    label, None: all alike. ``accuracy`` and ``spread``: mean and standard deviation between honest people.
    ``difficulty``: correlation of two people's errors on a picture, from 0 to below 1. ``careless``: share of the
    others who do not look. ``model``: how often the model is right that some hand in.
    """

    options: int | None = 4
    first: float | None = None
    accuracy: float = 0.9
    spread: float = 0.04
    difficulty: float = 0.2
    people: int = 20
    careless: float = 0.1
    model: float = 0.8


class SimulatedPicture(msgspec.Struct, frozen=True):
    """A picture's ``truth``, the wrong answer it suggests, and how often an average person is right about it."""

    truth: str
    likely: str
    ease: float


class Habit(enum.StrEnum):
    """How somebody works."""

    HONEST = "honest"
    JUST_GOOD_ENOUGH = "honest, just at the floor"
    TIRED = "honest, tired after a while"
    RANDOM = "any label"
    FIRST_LABEL = "always the first label"
    COPYING = "copying pair"
    MODEL = "hands in a model's answers"
    DRIFTING = "slowly worse"


HONEST_HABITS = (Habit.HONEST, Habit.JUST_GOOD_ENOUGH, Habit.TIRED)
GOOD_TASKS, FALLING_TASKS, LEAST_ACCURACY = 200, 100, 0.3  # of who drifts
SESSION, TIRED_BY = 100, 0.06  # tasks, after which who is tired has a rest; how much they lose until then


def picture(world: CrowdWorld, chance: Random, is_gold: bool = False) -> SimulatedPicture:
    """Draw a picture; of gold each label is as likely."""
    if world.options is None:
        truth, likely = "right", "slip"
    else:
        first = 1 / world.options if world.first is None or is_gold else world.first
        is_first = chance.random() < first
        number = 0 if is_first else chance.randrange(1, world.options)
        truth, likely = f"label {number}", f"label {_other(number, world.options, chance)}"
    shape = _shape(world.accuracy, world.difficulty)
    return SimulatedPicture(truth, likely, chance.betavariate(*shape) if shape else world.accuracy)


def look(world: CrowdWorld, chance: Random, seen: SimulatedPicture, accuracy: float) -> str:
    """Return what somebody answers who looks, and is right in a share of ``accuracy`` of all pictures."""
    if chance.random() < seen.ease ** power(world.accuracy, world.difficulty, round(accuracy, 3)):
        return seen.truth
    if world.options == 2 or chance.random() < LIKELY_WRONG:
        return seen.likely
    if world.options is None:
        return f"slip {chance.getrandbits(30)}"
    return f"label {_other(int(seen.truth.split()[1]), world.options, chance)}"


def no_look(world: CrowdWorld, chance: Random) -> str:
    """Return what somebody answers who does not look."""
    return f"label {chance.randrange(world.options)}" if world.options else f"word {chance.getrandbits(30)}"


def honest_accuracy(world: CrowdWorld, chance: Random) -> float:
    """Draw one honest person's accuracy."""
    if not world.spread:
        return world.accuracy
    return chance.betavariate(*beta_shape(world.accuracy, world.spread))


def accuracy_at(habit: Habit, start: float, done: int) -> float:
    """Return the accuracy of somebody who looks, after so many tasks."""
    if habit is Habit.TIRED:
        return start - TIRED_BY * (done % SESSION) / SESSION
    if habit is Habit.DRIFTING:
        fallen = min(max(done - GOOD_TASKS, 0) / FALLING_TASKS, 1.0)
        return start - (start - LEAST_ACCURACY) * fallen
    return start


def _other(number: int, options: int, chance: Random) -> int:
    return (number + chance.randrange(1, options)) % options


@lru_cache(maxsize=10_000)
def power(mean: float, difficulty: float, accuracy: float) -> float:
    """Return to which power a picture's ease is raised for somebody who is right in a share of ``accuracy`` of all.

    So nobody finds a hard picture easier than an easy one, and the mean over pictures is exact: of the beta
    distribution E[x^p] = G(a+p) G(a+b) / (G(a) G(a+b+p)), with the gamma function G.
    """
    shape = _shape(mean, difficulty)
    if not shape:
        return math.log(accuracy) / math.log(mean)
    a, b = shape
    low, high = 1e-6, 1e9
    for _ in range(60):
        half = math.sqrt(low * high)
        share = math.exp(math.lgamma(a + half) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(a + b + half))
        low, high = (half, high) if share > accuracy else (low, half)
    return low


def _shape(mean: float, difficulty: float) -> tuple[float, float] | None:
    """Return the shape of the pictures' ease, so that two average people's errors correlate as asked."""
    if not difficulty:
        return None
    sharp = (1 - difficulty) / difficulty
    return mean * sharp, (1 - mean) * sharp
