"""How many votes sure terms need beside a majority of all votes, up to ten, at equal accuracy.

Votes are replayed in an order drawn by lot, by the shipping rules: of each set up to 100 items are gold, which teaches
what people are like and chooses the method, nothing else being looked at; the others come one after the other, and each
teaches by the votes that were asked for, every person by what the others said. Whoever is asked is one of those who
really answered, so no item can have more votes than it got; what is still unsure then is taken as it stands.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from bench.crowd_votes import MOST_ANSWERS, Answered, CrowdVotes, draw_votes, read_votes, taught
from bench.crowd_votes import Crowd as People
from bench.row import Row
from manyeyes.consensus.choosing import choose
from manyeyes.consensus.decide import decide
from manyeyes.consensus.em import AnswersOfAll
from manyeyes.consensus.others import judged_by_others
from manyeyes.consensus.rules import Accept, AskMore, Given, HowMany, Method, Skill
from manyeyes.consensus.skills import UNKNOWN, added

SETS = ("rte", "sp")
WRONG_AT_MOST = (0.2, 0.15, 0.1, 0.05, 0.02, 0.01)
GOLD, GOLD_SHARE = 100, 5  # at most so many items, and at most every fifth
DRAWS = 2
CONSENSUS_WEIGHT = 0.5  # of what the others say beside a gold item
DRAWN, SMALL_DRAWN = 2_000, 300
PEOPLE = People(name="drawn people, few hard items", hard=0.04, lured=0.8, worst=0.6, best=0.95)


class _Replay(msgspec.Struct):
    """What came of the items: votes asked for and all there are, results right, accepted, and wrong among these."""

    items: int = 0
    asked: int = 0
    votes: int = 0
    right: float = 0.0
    majority_right: float = 0.0
    accepted: int = 0
    accepted_wrong: int = 0

    @property
    def is_as_good(self) -> bool:
        """Tell whether as many results are right as by the majority."""
        return self.right >= self.majority_right

    @property
    def saved(self) -> float:
        """Return the share of votes that were not needed, in percent."""
        return 100 * (1 - self.asked / self.votes)

    def details(self) -> dict[str, float]:
        """Return what explains the share saved."""
        return {
            "right %": 100 * self.right / self.items,
            "majority right %": 100 * self.majority_right / self.items,
            "votes per item": self.asked / self.items,
            "of": self.votes / self.items,
            "accepted %": 100 * self.accepted / self.items,
            "wrong of these %": 100 * self.accepted_wrong / max(self.accepted, 1),
        }


def votes_saved(small: bool, folder: Path | None) -> list[Row]:
    """Return by set the votes saved in percent: for each target, and where as many are right as by the majority."""
    sets = [draw_votes(PEOPLE, SMALL_DRAWN if small else DRAWN, random.Random(4))]
    sets += [votes for votes in read_votes(folder) if votes.name in SETS] if folder else []
    rows = []
    for votes in sets:
        found = {target: _replays(votes, target, 1 if small else DRAWS) for target in WRONG_AT_MOST}
        rows += [
            Row(f"{votes.name}: votes saved, wrong at most {target}", replay.saved, "%", "", replay.details())
            for target, replay in found.items()
        ]
        most = max((replay.saved for replay in found.values() if replay.is_as_good), default=0.0)
        rows.append(Row(f"{votes.name}: votes saved at the majority's accuracy", most, "%", ">= 45"))
    return rows


def _replays(votes: CrowdVotes, wrong_at_most: float, draws: int) -> _Replay:
    total = _Replay()
    for draw in range(draws):
        chance = random.Random(draw)
        items = chance.sample(votes.items, len(votes.items))
        size = min(GOLD, len(items) // GOLD_SHARE)
        gold, rest = items[:size], items[size:]
        _replay(votes, rest, taught(gold), _method(votes, gold), wrong_at_most, chance, total)
    return total


def _method(votes: CrowdVotes, gold: Sequence[Answered]) -> Method:
    """Return the method that gold items alone choose."""
    label_of = {label: n for n, label in enumerate(votes.labels)}
    rows = [(n, given.worker_id, label_of[given.text]) for n, item in enumerate(gold) for given in item.given]
    items, workers, labels = np.array(rows, dtype=np.intp).T
    crowd = AnswersOfAll(
        items=items,
        workers=workers,
        labels=labels,
        n_items=len(gold),
        n_workers=int(workers.max()) + 1,
        n_labels=len(votes.labels),
    )
    return choose(crowd, np.array([label_of[item.truth] for item in gold], dtype=np.intp)).method


def _replay(
    votes: CrowdVotes,
    items: Sequence[Answered],
    skills: dict[int, Skill],
    method: Method,
    wrong_at_most: float,
    chance: random.Random,
    total: _Replay,
) -> None:
    """Count what comes of the items; ``skills`` grow with each."""
    for item in items:
        order = chance.sample(item.given, min(len(item.given), MOST_ANSWERS))
        terms = HowMany(first=1, at_most=len(order), wrong_at_most=wrong_at_most)
        asked: list[Given] = []
        step = decide(votes.shape, asked, skills, terms, method=method)
        while isinstance(step, AskMore):
            asked = order[: len(asked) + step.people]
            step = decide(votes.shape, asked, skills, terms, method=method)
        value = step.value if isinstance(step, Accept) else step.proposal
        total.items += 1
        total.asked += len(asked)
        total.votes += len(order)
        total.right += value == item.truth
        total.majority_right += _majority_right(order, item.truth)
        total.accepted += isinstance(step, Accept)
        total.accepted_wrong += isinstance(step, Accept) and value != item.truth
        for worker, evidence in judged_by_others(votes.shape, asked, skills, method).items():
            skills[worker] = added(skills.get(worker, UNKNOWN), evidence, CONSENSUS_WEIGHT)


def _majority_right(given: Sequence[Given], truth: str) -> float:
    """Return 1 where most gave the truth, 0 where not, a share at a tie."""
    texts = [each.text for each in given]
    most = max(texts.count(text) for text in texts)
    best = {text for text in texts if texts.count(text) == most}
    return (truth in best) / len(best)
