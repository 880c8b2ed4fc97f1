"""How often a proven promise is broken: real votes replayed (``--crowd FOLDER``), and crowds that err together.

Real votes: of each set up to 100 items (at most a fifth) are gold, which teaches what people are like. The others are
split by lot, 200 times: one half is audited, and the threshold that it proves is tried on the other half, whose right
answers nobody looked at; only its scores were seen. Counted as broken: splits in which something is proven and more
than the target of what is accepted on the other half is wrong, out of all splits. The other half is a finite one with
luck of its own, so the promise is asked for just these results (``promised``).

Generated crowds: the audits are drawn by lot from a population, all of whose truth is known, so a promise is kept or
broken for certain. 200 provings each.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.crowd_votes import Crowd, CrowdVotes, draw_votes, read_votes, replayed, taught
from bench.row import Row
from manyeyes.consensus.proof import Audited, prove, thresholds

TARGETS = (0.05, 0.1)
PROVINGS, GOLD_DRAWS, SMALL_PROVINGS = 200, 2, 20
GOLD, GOLD_SHARE = 100, 5  # at most so many items, and at most every fifth
POPULATION, SMALL_POPULATION, AUDITS = 2_000, 1_000, 500
POPULATIONS = 10  # of each crowd; each is audited so often that all provings are made
UNKNOWABLE = "dog"  # people do not know these; a promise about them would be luck
CROWDS = (
    Crowd(name="few hard items", hard=0.04, lured=0.8, worst=0.6, best=0.95),
    Crowd(name="many hard items", hard=0.25, lured=0.7, worst=0.6, best=0.95),
    Crowd(name="wrong together as often as 5 %", hard=0.055, lured=1.0, worst=0.97, best=0.99),
    Crowd(name="wrong together as often as 10 %", hard=0.105, lured=1.0, worst=0.97, best=0.99),
    Crowd(name="nobody knows", hard=1.0, lured=0.4, worst=0.5, best=0.8),
)


class _Tally(msgspec.Struct):
    """What came of provings: in ``proven`` something was, in ``broken`` the promise did not hold, ``refused`` said no.

    ``accepted`` and ``wrong``: sums of the shares where something was proven.
    """

    provings: int = 0
    proven: int = 0
    broken: int = 0
    refused: int = 0
    accepted: float = 0.0
    wrong: float = 0.0

    def row(self, name: str, target: float, aim: str) -> Row:
        """Return the share broken, in percent, and what explains it."""
        proven = max(self.proven, 1)
        details = {
            "provings": self.provings,
            "proven %": 100 * self.proven / self.provings,
            "refused %": 100 * self.refused / self.provings,
            "broken of proven %": 100 * self.broken / proven,
            "accepted where proven %": 100 * self.accepted / proven,
            "wrong of these %": 100 * self.wrong / proven,
        }
        return Row(f"broken, {target:.0%}, {name}", 100 * self.broken / self.provings, "%", aim, details)


def measure(small: bool = False, crowd: Path | None = None) -> list[Row]:
    """Return how often promises were broken: of generated crowds, and of the sets in the folder ``crowd``."""
    provings = SMALL_PROVINGS if small else PROVINGS
    rows = [row for each in CROWDS for row in _generated(each, provings, SMALL_POPULATION if small else POPULATION)]
    if crowd is None:
        print("certainty_proof: no --crowd FOLDER with labels/<set>/label.csv and truth.csv; real votes skipped")
        return rows
    return rows + [row for votes in read_votes(crowd) for row in _real(votes, provings)]


def _generated(crowd: Crowd, provings: int, size: int) -> list[Row]:
    chance = random.Random(f"certainty {crowd.name}")
    tallies = {target: _Tally() for target in TARGETS}
    for _ in range(POPULATIONS):
        votes = draw_votes(crowd, size + GOLD, chance)
        skills = taught(list(votes.items[:GOLD]))
        whole = [Audited(replayed(votes, item, skills, chance)) for item in votes.items[GOLD:]]
        for _ in range(provings // POPULATIONS):
            shuffled = chance.sample(whole, len(whole))
            for target, tally in tallies.items():
                _try(tally, shuffled[:AUDITS], shuffled[AUDITS:], whole, target)
    return [tally.row(f"crowd: {crowd.name}", target, "<= 5") for target, tally in tallies.items()]


def _real(votes: CrowdVotes, provings: int) -> list[Row]:
    chance = random.Random(f"certainty {votes.name}")
    tallies = {target: _Tally() for target in TARGETS}
    for _ in range(GOLD_DRAWS):
        items = chance.sample(votes.items, len(votes.items))
        gold = min(GOLD, len(items) // GOLD_SHARE)
        skills = taught(items[:gold])
        others = [Audited(replayed(votes, item, skills, chance)) for item in items[gold:]]
        for _ in range(provings // GOLD_DRAWS):
            shuffled = chance.sample(others, len(others))
            audited, rest = shuffled[: len(others) // 2], shuffled[len(others) // 2 :]
            for target, tally in tallies.items():
                _try(tally, audited, rest, rest, target)
    aim = "<= 5, proven <= 10, refused >= 90" if votes.name == UNKNOWABLE else "<= 5"
    return [tally.row(f"votes: {votes.name}", target, aim) for target, tally in tallies.items()]


def _try(
    tally: _Tally, audited: Sequence[Audited], unseen: Sequence[Audited], judged: Sequence[Audited], target: float
) -> None:
    """Prove by ``audited``, with thresholds from the scores of ``unseen``, and look at the truth of ``judged``."""
    scores = [one.stops[-1].score for one in unseen if one.stops]
    proving = prove(audited, thresholds(scores, len(audited), target), target, promised=scores)
    tally.provings += 1
    tally.refused += proving.proof.is_refused
    if proving.proof.threshold is None:
        return
    ends = [stop for one in judged if (stop := one.accepted(proving.proof.threshold))]
    wrong = sum(stop.is_wrong for stop in ends) / max(len(ends), 1)
    tally.proven += 1
    tally.broken += wrong > target
    tally.accepted += len(ends) / len(judged)
    tally.wrong += wrong
