"""Which method a queue's answers are put together by: the one that held-out gold shows to be better. Pure; numpy.

No fixed method is safe: on real crowds the one coin loses six points beside the majority where Dawid and Skene's gains
five, and elsewhere that one loses three (docs/benchmarks.md). Gold items are put aside in turns, the others teach, and
each method is judged by those put aside.
The majority stays unless the evidence is against it (docs/decisions/0060).
"""

from typing import NamedTuple

import numpy as np

from manyeyes.consensus.em import NOT_GOLD, AnswersOfAll, Floats, Whole, fit
from manyeyes.consensus.rules import Method

FOLDS = 5
LEAST_GOLD = 20  # with fewer items one lucky one would decide
LEAST_GAIN = 1.0  # gold items that a method must have right beyond the majority; parts of ties are no evidence
_EQUAL = 1e-9

# The richer model first: of two that are right equally often it is taken.
RIVALS = (Method.DAWID_SKENE, Method.ONE_COIN)


class ChosenMethod(NamedTuple):
    """``method``, and by method the share of the gold items that it had right when they were held out."""

    method: Method
    right: dict[Method, float]
    gold_items: int


def choose(crowd: AnswersOfAll, gold: Whole) -> ChosenMethod:
    """Return the method for a queue's answers. ``gold``: the true label of each item, `NOT_GOLD` where unknown.

    The share of a tie counts as right in parts. What has most gold items right wins, if it is `LEAST_GAIN` or more
    beyond the majority.
    """
    known = np.flatnonzero(gold != NOT_GOLD)
    if len(known) < LEAST_GOLD:
        return ChosenMethod(Method.MAJORITY, {}, len(known))
    right = {Method.MAJORITY: right_parts(fit(crowd, Method.MAJORITY).chances[:, known], gold[known])}
    best, most = Method.MAJORITY, 0.0
    for rival in RIVALS:
        right[rival] = _held_out(crowd, gold, known, rival)
        gain = float((right[rival] - right[Method.MAJORITY]).sum())
        if gain > most + _EQUAL and gain > LEAST_GAIN - _EQUAL:
            best, most = rival, gain
    return ChosenMethod(best, {method: float(parts.mean()) for method, parts in right.items()}, len(known))


def right_parts(chances: Floats, truth: Whole) -> Floats:
    """Return for each item 1 where its best label is the true one, 0 where not, a share where several are the best."""
    best = chances >= chances.max(axis=0) - _EQUAL
    return np.asarray(best[truth, np.arange(len(truth))] / best.sum(axis=0), dtype=np.float64)


def _held_out(crowd: AnswersOfAll, gold: Whole, known: Whole, method: Method) -> Floats:
    """Return `right_parts` of every gold item by a fit that did not know it."""
    begin = fit(crowd, method).chances
    parts = np.empty(len(known))
    for fold in range(FOLDS):
        aside = known[fold::FOLDS]
        taught = gold.copy()
        taught[aside] = NOT_GOLD
        parts[fold::FOLDS] = right_parts(fit(crowd, method, taught, begin).chances[:, aside], gold[aside])
    return parts
