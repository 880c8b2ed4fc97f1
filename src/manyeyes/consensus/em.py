"""What a whole crowd's answers say of each question and each person: expectation and maximisation. Pure; numpy.

A. P. Dawid, A. M. Skene: Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
Statistics 28 (1979), with the prior of skills.py, so that each round climbs the posterior and none divides by nought.
It begins with the votes, works in logarithms and knows no chance: the same answers give the same figures. The serving
process never imports this module (docs/decisions/0060).
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from manyeyes.consensus.rules import Method
from manyeyes.consensus.skills import PRIOR_RIGHT, PRIOR_WRONG

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]

MOST_ROUNDS = 100
_STILL = 1e-4  # mean change of a chance in a round, below which nothing moves any more
_SUREST = 1 - 1e-6
NOT_GOLD = -1


class AnswersOfAll(msgspec.Struct, frozen=True, kw_only=True):
    """Answers as numbers from 0 on: the n-th one is that ``workers[n]`` gave ``labels[n]`` to ``items[n]``.

    Sums are quickest where items ascend. There are ``n_labels`` ≥ 2; each item has an answer, or its chances are even.
    """

    items: Whole
    workers: Whole
    labels: Whole
    n_items: int
    n_workers: int
    n_labels: int


class Fitted(NamedTuple):
    """``chances[label, item]``; ``rounds`` made; ``is_settled``: nothing moved in the last one."""

    chances: Floats
    rounds: int
    is_settled: bool


def fit(crowd: AnswersOfAll, method: Method, gold: Whole | None = None, begin: Floats | None = None) -> Fitted:
    """Return how likely each label is right for each item.

    ``gold``: the true label of each item, `NOT_GOLD` where it is not known; they are held fast and teach the rest.
    ``begin``: chances of an earlier fit to begin with, which shortens it; else the shares of votes. Majority: these.
    """
    chances = held(vote_shares(crowd) if begin is None else begin.copy(), gold)
    if method is Method.MAJORITY or not crowd.items.size:
        return Fitted(chances, 0, True)
    score = one_coin_score(crowd) if method is Method.ONE_COIN else _dawid_skene_score(crowd)
    for done in range(1, MOST_ROUNDS + 1):
        better = held(normalised(score(chances)), gold)
        moved = float(np.abs(better - chances).mean()) if better.size else 0.0
        chances = better
        if moved < _STILL:
            return Fitted(chances, done, True)
    return Fitted(chances, MOST_ROUNDS, False)


def vote_shares(crowd: AnswersOfAll) -> Floats:
    """Return the share of each label among each item's answers; even where there is none."""
    chances = np.empty((crowd.n_labels, crowd.n_items))
    for label in range(crowd.n_labels):
        chances[label] = np.bincount(crowd.items[crowd.labels == label], minlength=crowd.n_items)
    total = chances.sum(axis=0)
    chances[:, total == 0] = 1.0
    chances /= np.where(total == 0, crowd.n_labels, total)
    return chances


def one_coin_weights(crowd: AnswersOfAll, chances: Floats) -> Floats:
    """Return by how much each worker's word makes a label likelier, as a logarithm; at least 0, as in one_coin.py."""
    right = np.bincount(crowd.workers, weights=chances[crowd.labels, crowd.items], minlength=crowd.n_workers)
    number = np.bincount(crowd.workers, minlength=crowd.n_workers)
    share = (right + PRIOR_RIGHT) / (number + PRIOR_RIGHT + PRIOR_WRONG)
    share = np.clip(share, 1 / crowd.n_labels, _SUREST)
    return np.asarray(np.log(share * (crowd.n_labels - 1) / (1 - share)), dtype=np.float64)


def one_coin_score(crowd: AnswersOfAll) -> Callable[[Floats], Floats]:
    """Return what makes chances into the next ones' logarithms, by one chance a worker; see `normalised`."""
    places = [np.flatnonzero(crowd.labels == label) for label in range(crowd.n_labels)]
    by_label = [(crowd.items[place], crowd.workers[place]) for place in places]

    def score(chances: Floats) -> Floats:
        weights = one_coin_weights(crowd, chances)
        logs = np.empty_like(chances)
        for label, (items, workers) in enumerate(by_label):
            logs[label] = np.bincount(items, weights=weights[workers], minlength=crowd.n_items)
        return logs

    return score


class Pairs(NamedTuple):
    """Which worker gave which label at all: ``of[n]`` is the pair of the n-th answer, a place in the other two."""

    of: Whole
    workers: Whole
    labels: Whole


def pairs_of(crowd: AnswersOfAll) -> Pairs:
    """Return the pairs that are there: confusions are kept for them, not for all workers and labels."""
    found, of = np.unique(crowd.workers * crowd.n_labels + crowd.labels, return_inverse=True)
    return Pairs(of, found // crowd.n_labels, found % crowd.n_labels)


def confusion_logs(crowd: AnswersOfAll, pairs: Pairs, chances: Floats, truth: int) -> Floats:
    """Return for each pair how likely this worker gives this label where ``truth`` is right, as a logarithm."""
    counts = np.bincount(pairs.of, weights=chances[truth][crowd.items], minlength=len(pairs.workers))
    total = np.bincount(pairs.workers, weights=counts, minlength=crowd.n_workers) + PRIOR_RIGHT + PRIOR_WRONG
    counts += np.where(pairs.labels == truth, PRIOR_RIGHT, PRIOR_WRONG / (crowd.n_labels - 1))
    return np.asarray(np.log(counts / total[pairs.workers]), dtype=np.float64)


def _dawid_skene_score(crowd: AnswersOfAll) -> Callable[[Floats], Floats]:
    pairs = pairs_of(crowd)

    def score(chances: Floats) -> Floats:
        logs = np.empty_like(chances)
        for truth in range(crowd.n_labels):
            table = confusion_logs(crowd, pairs, chances, truth)
            logs[truth] = np.bincount(crowd.items, weights=table[pairs.of], minlength=crowd.n_items)
        known = chances.sum(axis=1) + 1
        logs += np.log(known / known.sum())[:, None]
        return logs

    return score


def held(chances: Floats, gold: Whole | None) -> Floats:
    """Return the chances, changed in place, with those of gold items at one and nought."""
    if gold is not None:
        known = np.flatnonzero(gold != NOT_GOLD)
        chances[:, known] = 0.0
        chances[gold[known], known] = 1.0
    return chances


def normalised(logs: Floats) -> Floats:
    """Return chances in proportion to the exponentials of ``logs[label, item]``, which are overwritten."""
    logs -= logs.max(axis=0)
    np.exp(logs, out=logs)
    logs /= logs.sum(axis=0)
    return logs
