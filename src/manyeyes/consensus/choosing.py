"""Which method a queue's answers are put together by: the one that held-out gold shows to be better. Pure; numpy.

No fixed method is safe: on real crowds Dawid and Skene's gains or loses six points beside the majority, the one coin
loses twenty-eight. Gold items are put aside in turns, the others teach, and each method is judged by those put aside.
The majority stays unless the evidence is against it (docs/decisions/0057).
"""

from typing import NamedTuple

import numpy as np

from manyeyes.consensus.em import NOT_GOLD, Crowd, Floats, Whole, fit
from manyeyes.consensus.rules import Method

FOLDS = 5
LEAST_GOLD = 20  # with fewer items one lucky one would decide
ODDS = 0.6  # how likely a method must be better than the majority: three to two
_EQUAL = 1e-9
_STEPS = 2000

# The richer model first: of two that are right equally often it is taken.
RIVALS = (Method.DAWID_SKENE, Method.ONE_COIN)


class Choice(NamedTuple):
    """``method``, and by method the share of the gold items that it had right when they were held out."""

    method: Method
    right: dict[Method, float]
    gold_items: int


def choose(crowd: Crowd, gold: Whole) -> Choice:
    """Return the method for a queue's answers. ``gold``: the true label of each item, `NOT_GOLD` where unknown.

    The share of a tie counts as right in parts. What is better by more gold items wins among those which are likelier
    than `ODDS` to be better than the majority at all; the order of gold items is that of the items.
    """
    known = np.flatnonzero(gold != NOT_GOLD)
    if len(known) < LEAST_GOLD:
        return Choice(Method.MAJORITY, {}, len(known))
    right = {Method.MAJORITY: right_parts(fit(crowd, Method.MAJORITY).chances[:, known], gold[known])}
    best, most = Method.MAJORITY, 0.0
    for rival in RIVALS:
        right[rival] = _held_out(crowd, gold, known, rival)
        more = right[rival] - right[Method.MAJORITY]
        gain = float(more.sum())
        if gain > most + _EQUAL and _chance_better(float(more[more > 0].sum()), -float(more[more < 0].sum())) >= ODDS:
            best, most = rival, gain
    return Choice(best, {method: float(parts.mean()) for method, parts in right.items()}, len(known))


def right_parts(chances: Floats, truth: Whole) -> Floats:
    """Return for each item 1 where its best label is the true one, 0 where not, a share where several are the best."""
    best = chances >= chances.max(axis=0) - _EQUAL
    return np.asarray(best[truth, np.arange(len(truth))] / best.sum(axis=0), dtype=np.float64)


def _held_out(crowd: Crowd, gold: Whole, known: Whole, method: Method) -> Floats:
    """Return `right_parts` of every gold item by a fit that did not know it."""
    begin = fit(crowd, method).chances
    parts = np.empty(len(known))
    for fold in range(FOLDS):
        aside = known[fold::FOLDS]
        taught = gold.copy()
        taught[aside] = NOT_GOLD
        parts[fold::FOLDS] = right_parts(fit(crowd, method, taught, begin).chances[:, aside], gold[aside])
    return parts


def _chance_better(gained: float, lost: float) -> float:
    """Return how likely a method is better that was right alone ``gained`` times, the other one ``lost`` times.

    That the share of its wins, with an even prior, is above a half: of a beta distribution, summed in small steps.
    """
    share = (np.arange(_STEPS) + 0.5) / _STEPS
    density = np.exp(gained * np.log(2 * share) + lost * np.log(2 * (1 - share)))
    return float(density[share > 0.5].sum() / density.sum())
