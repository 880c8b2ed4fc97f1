"""When somebody is below a queue's floor: a test that may be looked at after every answer (docs/decisions/0057).

The claim "they are right at least as often as the floor asks" is bet against. The stake multiplies, or melts, with each
checked answer, fairly while the claim holds; so it ever reaches 1/a with a chance of at most a, however often one
looks (J. Ville, 1939; I. Waudby-Smith, A. Ramdas: Estimating means of bounded random variables by betting, 2024).
The stake is divided among several guesses of how bad they are. Four fifths are there from the start; the rest comes
little by little, for those who become careless later: a fifth within 1,000 checked answers and in each thousand more,
so that the chance is a in the first thousand and a fifth of it in each one after (Doob's inequality; the sum is that of
A. Shiryaev and S. Roberts).
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from manyeyes.skills.rules import Evidence, EvidenceSource

# Of the 2 % of good people that may be stopped or suspected within 1,000 checked answers (the rest: skills/alike.py).
FLOOR_ALARMS, ONE_LABEL_ALARMS = 0.01, 0.002
FULL_DOUBT = 10.0  # a stake that is so many times what it was gets the share of gold of a newcomer
GREATEST_FLOOR = 0.99
LEAST_CHANCE = 0.02  # nobody who types is taken for never right
PEERS_RIGHT, _PEERS_WEIGHT = 0.9, 10.0  # how often what the others say is right, where gold has not told
_GUESSES = ((0.0, 0.6), (0.4, 0.28), (0.75, 0.12))  # how far from mere chance to the floor they are; part of the stake
_FROM_THE_START, _LATER = 0.8, 0.2 / 1_000  # the stake at their first answer, and what each answer adds
_SAME_AT_MOST, _SAME_GUESS = 0.4, 0.98  # one certain wrong label, of the answers where it is wrong
_GOLD_LOOKED_AT, _GOLD_WRONG = 5, 2
_SEARCHES = 20


class FloorRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue asks: to be right in a share of ``floor``.

    ``options``: how many labels there are; None where answers are typed. ``peers_right``: how often what the others
    say is right, as gold told of this queue.
    """

    floor: float
    options: int | None = None
    peers_right: float = PEERS_RIGHT


class FloorStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands. ``stake``: how many times the bet against them has grown; ``suspicion`` from 0 to 1.

    ``is_below``: they no longer get the queue. ``one_label``: the key of a label they give whatever is shown, else "".
    """

    stake: float
    suspicion: float
    is_below: bool
    one_label: str = ""


def chance_of(options: int | None) -> float:
    """Return how often who does not look is right."""
    return 1 / options if options else LEAST_CHANCE


def peers_right(right: int, checked: int) -> float:
    """Return how often what the others say is right, of gold that they were asked too; as if ten more had said 90 %."""
    return (right + PEERS_RIGHT * _PEERS_WEIGHT) / (checked + _PEERS_WEIGHT)


def agreement(accuracy: float, rule: FloorRule) -> float:
    """Return how often somebody of an accuracy says what the others say, who are right as often as the rule has it.

    Taken as if errors were independent: people who err on the same pictures agree more, so this is on their side.
    """
    others = rule.options - 1 if rule.options else math.inf
    return accuracy * rule.peers_right + (1 - accuracy) * (1 - rule.peers_right) / others


def stake_against(evidence: Iterable[Evidence], rule: FloorRule) -> float:
    """Return how many times the bet against somebody has grown by their evidence, oldest first; below 1 without any.

    A pure fold: the same evidence gives the same stake, so gold that was put aside is simply left out. Evidence of
    peers wins less than gold.
    """
    stake = _FROM_THE_START
    for stake in _growth(((e.source is EvidenceSource.PEERS, e.is_right) for e in evidence), rule):  # noqa: B007
        pass
    return stake


def standing(evidence: Sequence[Evidence], rule: FloorRule) -> FloorStanding:
    """Return where somebody stands in a queue by their evidence, oldest first.

    Others' word alone never ends anything: who is below the floor has at least two wrong ones, and a share below the
    floor, among the last five answers that gold or reviewers checked.
    """
    stake = stake_against(evidence, rule)
    label, same = _one_label(evidence, rule)
    is_one_label = same >= 1 / ONE_LABEL_ALARMS
    grown = max(stake, same)
    return FloorStanding(
        stake=stake,
        suspicion=min(max(math.log(grown) / math.log(FULL_DOUBT), 0.0), 1.0) if grown > 0 else 0.0,
        is_below=is_one_label or (stake >= 1 / FLOOR_ALARMS and _gold_says_so(evidence, rule)),
        one_label=label if is_one_label else "",
    )


def upper_bound(evidence: Sequence[Evidence], rule: FloorRule) -> float:
    """Return the accuracy that somebody does not exceed: the least one that the bet has refuted, else 1.

    It may be looked at after every answer. Below the floor exactly when the bet against the floor is won.
    """
    low, high = chance_of(rule.options), 1.0
    for _ in range(_SEARCHES):
        half = (low + high) / 2
        if half < 1 and stake_against(evidence, msgspec.structs.replace(rule, floor=half)) >= 1 / FLOOR_ALARMS:
            high = half
        else:
            low = half
    return high


def fewest_wrong(rule: FloorRule) -> int:
    """Return how many gold answers, all of them wrong, it takes from a newcomer at the least to be below the floor."""
    growth = enumerate(_growth(itertools.repeat((False, False)), rule), 1)
    return max(next(count for count, stake in growth if stake >= 1 / FLOOR_ALARMS), _GOLD_WRONG)


def floor_fault(rule: FloorRule, gold_items: int, gold_from_audits: bool = False) -> str:
    """Return why a floor is refused when it is saved, in words for the operator; empty when it is not.

    A floor is refused that nobody could be below, that who guesses would reach, or that could never fire: each person
    gets a gold item once, so ``gold_items`` bound what can be known, unless audits bring more.
    """
    if rule.options is not None and rule.options < 2:
        return "with one label there is nothing to be wrong about"
    chance = chance_of(rule.options)
    if not chance < rule.floor:
        return f"a floor of {rule.floor:.0%} is reached by guessing; it must be above {chance:.0%}"
    if rule.floor > GREATEST_FLOOR:
        return f"a floor is at most {GREATEST_FLOOR:.0%}: whoever errs once would be below a higher one"
    needed = fewest_wrong(rule)
    if gold_items < needed and not gold_from_audits:
        return (
            f"this floor can never fire: it takes {needed} wrong answers to gold at the least, "
            f"and the queue has {gold_items} gold items"
        )
    return ""


def _growth(outcomes: Iterable[tuple[bool, bool]], rule: FloorRule) -> Iterator[float]:
    """Yield what the stake is after each outcome (of peers, is right)."""
    factors = _factors(rule)
    stakes = [_FROM_THE_START * part for _, part in _GUESSES]
    added = [_LATER * part for _, part in _GUESSES]
    for outcome in outcomes:
        stakes = [(s + more) * factor for s, more, factor in zip(stakes, added, factors[outcome], strict=True)]
        yield sum(stakes)


def _factors(rule: FloorRule) -> dict[tuple[bool, bool], list[float]]:
    """Return by what each guess's part of the stake is multiplied: keyed (of peers, is right)."""
    chance = chance_of(rule.options)
    guesses = [chance + far * (rule.floor - chance) for far, _ in _GUESSES]
    found: dict[tuple[bool, bool], list[float]] = {}
    for of_peers in (False, True):
        claimed = agreement(rule.floor, rule) if of_peers else rule.floor
        guessed = [agreement(guess, rule) if of_peers else guess for guess in guesses]
        found[of_peers, True] = [guess / claimed for guess in guessed]
        found[of_peers, False] = [(1 - guess) / (1 - claimed) for guess in guessed]
    return found


def _one_label(evidence: Iterable[Evidence], rule: FloorRule) -> tuple[str, float]:
    """Return the label given most stubbornly where another is right, and how many times the bet on it has grown."""
    if not rule.options:
        return "", 0.0
    stakes: dict[str, float] = {}
    for label, is_given in _where_wrong(evidence):
        factor = _SAME_GUESS / _SAME_AT_MOST if is_given else (1 - _SAME_GUESS) / (1 - _SAME_AT_MOST)
        stakes[label] = stakes.get(label, 1 / rule.options) * factor
    return max(stakes.items(), key=lambda item: item[1], default=("", 0.0))


def _where_wrong(evidence: Iterable[Evidence]) -> Iterator[tuple[str, bool]]:
    """Yield, for each label and each piece whose truth is another one, whether the label was given."""
    pieces = [piece for piece in evidence if piece.source is not EvidenceSource.PEERS or piece.is_unanimous]
    labels = sorted({piece.given for piece in pieces})
    return ((label, piece.given == label) for piece in pieces for label in labels if piece.truth != label)


def _gold_says_so(evidence: Sequence[Evidence], rule: FloorRule) -> bool:
    sure = [piece.is_right for piece in evidence if piece.source is not EvidenceSource.PEERS][-_GOLD_LOOKED_AT:]
    wrong = sure.count(False)
    return wrong >= _GOLD_WRONG and sure.count(True) < rule.floor * len(sure)
