"""Answers of crowds with the truth: read from a folder (``--crowd``), or drawn so that people err together.

The folder holds ``labels/<set>/label.csv`` (item, worker, label) and ``truth.csv`` (item, truth). None of it is kept.
"""

import csv
import random
from collections import defaultdict
from pathlib import Path

import msgspec

from manyeyes.consensus.decide import decide
from manyeyes.consensus.proof import Stop
from manyeyes.consensus.rules import Accept, Given, HowMany, Method, Proof, Shape, ShapeKind, Skill
from manyeyes.consensus.skills import UNKNOWN, added, seen_right

MOST_ANSWERS = 10
_ANY_SCORE = Proof(threshold=0.0)
_SURE = 1 - 1e-6  # no threshold asks for more


class Answered(msgspec.Struct, frozen=True):
    """An item: what people gave, in the order in which they are asked, and what is right."""

    given: tuple[Given, ...]
    truth: str


class CrowdVotes(msgspec.Struct, frozen=True):
    """Items of one question with its ``labels``."""

    name: str
    labels: tuple[str, ...]
    items: tuple[Answered, ...]

    @property
    def shape(self) -> Shape:
        """Return what makes answers alike."""
        return Shape(kind=ShapeKind.LABEL, labels=self.labels)


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """People to be drawn. Of ``hard`` items one wrong label, the lure, is given with the chance ``lured``, by whoever
    it is; else people are right with a chance of their own, from ``worst`` to ``best``.
    """

    name: str
    hard: float
    lured: float
    worst: float
    best: float
    labels: int = 4
    people: int = 60


def read_votes(folder: Path) -> list[CrowdVotes]:
    """Return every set of labels of the folder, its items by name; items without a truth or an answer are left out."""
    return [_read(place) for place in sorted((folder / "labels").iterdir()) if (place / "truth.csv").is_file()]


def _read(place: Path) -> CrowdVotes:
    with (place / "truth.csv").open(newline="") as lines:
        truth = {row["item"]: row["truth"] for row in csv.DictReader(lines)}
    people: dict[str, int] = {}
    given: defaultdict[str, dict[int, str]] = defaultdict(dict)
    with (place / "label.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            worker = people.setdefault(row["worker"], len(people) + 1)
            given[row["item"]].setdefault(worker, row["label"])
    labels = {label for answers in given.values() for label in answers.values()} | set(truth.values())
    items = [
        Answered(tuple(Given(*one) for one in given[item].items()), truth[item])
        for item in sorted(given)
        if item in truth
    ]
    return CrowdVotes(place.name, tuple(sorted(labels)), tuple(items))


def draw_votes(crowd: Crowd, items: int, chance: random.Random) -> CrowdVotes:
    """Return what a crowd answers: each item by `MOST_ANSWERS` of its people."""
    labels = tuple(str(label) for label in range(crowd.labels))
    skills = [chance.uniform(crowd.worst, crowd.best) for _ in range(crowd.people)]
    found = []
    for _ in range(items):
        truth, lure = chance.sample(labels, 2)
        is_hard = chance.random() < crowd.hard
        answers = []
        for worker in chance.sample(range(crowd.people), MOST_ANSWERS):
            wrong = chance.choice([label for label in labels if label != truth])
            label = truth if chance.random() < skills[worker] else wrong
            if is_hard and chance.random() < crowd.lured:
                label = lure
            answers.append(Given(worker + 1, label))
        found.append(Answered(tuple(answers), truth))
    return CrowdVotes(crowd.name, labels, tuple(found))


def taught(gold: list[Answered]) -> dict[int, Skill]:
    """Return what gold items say of the people who answered them, by worker."""
    skills: dict[int, Skill] = {}
    for item in gold:
        for given in item.given:
            skills[given.worker_id] = added(skills.get(given.worker_id, UNKNOWN), seen_right(given.text, item.truth))
    return skills


def replayed(votes: CrowdVotes, item: Answered, skills: dict[int, Skill], chance: random.Random) -> tuple[Stop, ...]:
    """Return the stops of one item as the shipping stop rule makes them, people coming in an order drawn by lot.

    Only those with a higher score than all before: no other one can be the first that a threshold lets pass.
    """
    order = chance.sample(item.given, min(len(item.given), MOST_ANSWERS))
    stops: list[Stop] = []
    for count in range(1, len(order) + 1):
        terms = HowMany(first=1, at_most=count, wrong_at_most=0.05)
        step = decide(votes.shape, order[:count], skills, terms, _ANY_SCORE, Method.ONE_COIN)
        if isinstance(step, Accept) and (not stops or step.confidence > stops[-1].score):
            stops.append(Stop(step.confidence, step.value != item.truth))
            if step.confidence >= _SURE:
                break
    return tuple(stops)
