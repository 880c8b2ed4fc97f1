"""What several people's answers cost and how often they are wrong: the shipping decision on simulated crowds."""

from collections.abc import Sequence
from random import Random

import msgspec

from manyeyes.consensus.decide import decide
from manyeyes.consensus.rules import NOT_PROVEN, Accept, AskMore, Given, HowMany, Method, Shape, ShapeKind, Skill
from manyeyes.simulator.confidence_intervals import Interval, interval
from manyeyes.simulator.crowd import CrowdWorld, SimulatedPicture, honest_accuracy, look, no_look, picture

RUNS, PICTURES = 20, 200
GOLD_EACH = 20  # gold answers by which everybody is known
SURE_TARGETS = (0.2, 0.1, 0.05, 0.02, 0.01)


class CertaintyQuestion(msgspec.Struct, frozen=True):
    """Terms for a crowd."""

    world: CrowdWorld
    how_many: HowMany


class CertaintyPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What terms gave, in shares and people per picture; ``wrong``: among those that are certain."""

    question: CertaintyQuestion
    people: Interval
    wrong: Interval
    uncertain: Interval


def terms_around(asked: HowMany) -> list[HowMany]:
    """Return the terms to try: the asked ones first, then fixed numbers up to their cap and sure terms."""
    fixed = [HowMany(first=n, at_most=min(n + 2, asked.at_most)) for n in range(1, asked.at_most + 1, 2)]
    sure = [HowMany(first=1, at_most=asked.at_most, wrong_at_most=share) for share in SURE_TARGETS]
    return list(dict.fromkeys([asked, *fixed, *sure]))


def study(question: CertaintyQuestion, seed: int = 0, runs: int = RUNS, pictures: int = PICTURES) -> CertaintyPoint:
    """Return what the terms give in so many runs, each with people and pictures of its own; the same for one seed."""
    found = [_run(question, Random(f"certainty {seed} {run}"), pictures) for run in range(runs)]
    people, wrong, uncertain = ([each[place] for each in found] for place in range(3))
    return CertaintyPoint(
        question=question, people=interval(people), wrong=interval(wrong), uncertain=interval(uncertain)
    )


def shape_of(world: CrowdWorld) -> Shape:
    """Return the shape of the world's answers."""
    if world.options is None:
        return Shape(kind=ShapeKind.TEXT)
    return Shape(kind=ShapeKind.LABEL, labels=tuple(f"label {n}" for n in range(world.options)))


class _People:
    """A crowd: how good each one is, who does not look, and what gold tells of them."""

    def __init__(self, world: CrowdWorld, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.accuracy = {n: honest_accuracy(world, chance) for n in range(world.people)}
        self.careless = {n for n in self.accuracy if chance.random() < world.careless}
        self.skills = {n: self._known_by_gold(n) for n in self.accuracy}

    def answer(self, n: int, seen: SimulatedPicture) -> str:
        """Return what one of them says."""
        if n in self.careless:
            return no_look(self.world, self.chance)
        return look(self.world, self.chance, seen, self.accuracy[n])

    def _known_by_gold(self, n: int) -> Skill:
        right = 0
        for _ in range(GOLD_EACH):
            seen = picture(self.world, self.chance, is_gold=True)
            right += self.answer(n, seen) == seen.truth
        return Skill(right=right, wrong=GOLD_EACH - right)


def _run(question: CertaintyQuestion, chance: Random, pictures: int) -> tuple[float, float, float]:
    """Return people per picture, the share of wrong ones among the certain, and the share of uncertain ones."""
    people, shape = _People(question.world, chance), shape_of(question.world)
    answers = certain = wrong = 0
    for _ in range(pictures):
        seen = picture(question.world, chance)
        order = chance.sample(range(question.world.people), question.how_many.at_most)
        given, accepted = _asked(people, shape, question.how_many, seen, order)
        answers += given
        certain += accepted is not None
        wrong += accepted not in (None, seen.truth)
    return answers / pictures, wrong / certain if certain else 0.0, 1 - certain / pictures


def _asked(
    people: _People, shape: Shape, how_many: HowMany, seen: SimulatedPicture, order: Sequence[int]
) -> tuple[int, str | None]:
    """Ask until the decision falls; return how many were asked, and the answer if it is certain."""
    given: list[Given] = []
    method = Method.MAJORITY if how_many.wrong_at_most is None else Method.ONE_COIN
    while True:
        step = decide(shape, given, people.skills, how_many, NOT_PROVEN, method)
        if not isinstance(step, AskMore):
            is_certain = isinstance(step, Accept) and step.is_certain
            return len(given), step.value if is_certain and isinstance(step, Accept) else None
        given += [Given(n, people.answer(n, seen)) for n in order[len(given) : len(given) + step.people]]
