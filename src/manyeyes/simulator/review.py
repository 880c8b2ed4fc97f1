"""Who is refunded wrongly, who is not refunded, and how many votes it takes: complaints before reviewers who err."""

import random
from collections.abc import Callable, Sequence

import msgspec

from manyeyes.reports.rules import VOTES_TO_DECIDE, Vote, verdict
from manyeyes.simulator.confidence_intervals import Interval, interval

Rule = Callable[[Sequence[Vote]], Vote | None]


def majority(needed: int) -> Rule:
    """Return the rule that decides by ``needed`` equal votes; two of three is the shipping one itself."""
    return verdict if needed == VOTES_TO_DECIDE else lambda votes: _majority(votes, needed)


def _majority(votes: Sequence[Vote], needed: int) -> Vote | None:
    return next((vote for vote in Vote if votes.count(vote) >= needed), None)


RULES: dict[str, int] = {"one reviewer": 1, "two of three": VOTES_TO_DECIDE, "three of five": 3}  # equal votes needed


class Bench(msgspec.Struct, frozen=True):
    """The complaints and who judges them: ``justified`` is the share of complaints whose answer is really wrong.

    ``likeness`` is the correlation of two reviewers' errors on one picture: 0 is independence, and with 1 three
    reviewers are one.
    """

    accuracy: float
    justified: float
    likeness: float = 0.0


class RuleTally(msgspec.Struct):
    """Counts of complaints: all, those justified, those decided wrongly either way; and the votes that were paid."""

    complaints: int = 0
    justified: int = 0
    wrong_refunds: int = 0
    missed_refunds: int = 0
    votes: int = 0


def judge(bench: Bench, seed: int, complaints: int) -> dict[str, RuleTally]:
    """Let every rule decide the same complaints with the same reviewers, as many votes as each rule needs."""
    chance = random.Random(f"{seed} {bench}")
    sums = {name: RuleTally() for name in RULES}
    rules = {name: majority(needed) for name, needed in RULES.items()}
    most = 2 * max(RULES.values()) - 1
    for _ in range(complaints):
        is_justified = chance.random() < bench.justified
        error = _error(bench, chance)
        votes = [_vote(is_justified, chance.random() < error) for _ in range(most)]
        for name, rule in rules.items():
            _decide(sums[name], rule, votes, is_justified)
    return sums


def _error(bench: Bench, chance: random.Random) -> float:
    """Return how likely each reviewer errs on this picture: hard pictures are hard for all."""
    if not bench.likeness:
        return 1 - bench.accuracy
    size = (1 - bench.likeness) / bench.likeness
    return chance.betavariate((1 - bench.accuracy) * size, bench.accuracy * size)


def _vote(is_justified: bool, errs: bool) -> Vote:
    return Vote.CONFIRM if is_justified is not errs else Vote.REJECT


def _decide(sums: RuleTally, rule: Rule, votes: Sequence[Vote], is_justified: bool) -> None:
    """Ask one reviewer after the other until the rule has its verdict; whoever was not asked is not paid."""
    asked, found = 0, None
    while found is None:
        asked += 1
        found = rule(votes[:asked])
    sums.complaints += 1
    sums.justified += is_justified
    sums.votes += asked
    sums.wrong_refunds += found is Vote.CONFIRM and not is_justified
    sums.missed_refunds += found is Vote.REJECT and is_justified


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule does on one bench. Refunds are per complaint, `errors` per complaint of either sort."""

    bench: Bench
    rule: str
    wrong_refunds: Interval
    missed_refunds: Interval
    errors: Interval
    votes: Interval


def study(bench: Bench, seeds: int, complaints: int) -> list[Verdicts]:
    """Judge ``complaints`` per seed and return each rule's shares with their intervals over the seeds."""
    runs = [judge(bench, seed, complaints) for seed in range(seeds)]
    return [_verdicts(bench, name, [run[name] for run in runs]) for name in RULES]


def _verdicts(bench: Bench, rule: str, runs: Sequence[RuleTally]) -> Verdicts:
    def share(count: Callable[[RuleTally], int]) -> Interval:
        return interval([count(run) / run.complaints for run in runs])

    return Verdicts(
        bench=bench,
        rule=rule,
        wrong_refunds=share(lambda run: run.wrong_refunds),
        missed_refunds=share(lambda run: run.missed_refunds),
        errors=share(lambda run: run.wrong_refunds + run.missed_refunds),
        votes=share(lambda run: run.votes),
    )
