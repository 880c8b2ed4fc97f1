"""What a fitted crowd says of each person, their own votes taken out: the evidence of a night. Pure; numpy.

As others.py does for one question, for all at once (docs/decisions/0060). The serving process never imports this.
"""

from typing import NamedTuple

import numpy as np

from manyeyes.consensus.em import (
    NOT_GOLD,
    AnswersOfAll,
    Floats,
    Pairs,
    Whole,
    confusion_logs,
    held,
    normalised,
    one_coin_score,
    one_coin_weights,
    pairs_of,
)
from manyeyes.consensus.rules import Method

_AT_ONCE = 100_000  # answers, so that memory stays small
_LEAST = 1e-300  # a chance of nought has no logarithm


class CrowdEvidence(NamedTuple):
    """``right[worker]`` and ``wrong[worker]``: weights of their answers, each at most 1.

    ``confusion[truth, pair]``: of labels, for each pair of worker and label given in ``pairs``.
    """

    right: Floats
    wrong: Floats
    pairs: Pairs
    confusion: Floats


def evidence(crowd: AnswersOfAll, chances: Floats, method: Method, gold: Whole | None = None) -> CrowdEvidence:
    """Return what the others' answers say of everybody's, by the chances of a fit by the same method and gold.

    Each answer's own likelihood is taken out of its item's chances; then it weighs by how sure the others are, and not
    at all where nobody else answered. So the best seem a little worse than they are, and nobody better. Gold weighs
    whole. Majority: the votes say what is right, and a round of the one coin how sure that is.
    """
    pairs = pairs_of(crowd)
    own = _own_logs(crowd, pairs, chances, method)
    if method is Method.MAJORITY:
        chances = held(normalised(one_coin_score(crowd)(chances)), gold)
    is_told = np.bincount(crowd.items, minlength=crowd.n_items) > 1
    if gold is not None:
        is_told |= gold != NOT_GOLD
    confusion = np.zeros((crowd.n_labels, len(pairs.workers)))
    right, wrong = np.zeros(crowd.n_workers), np.zeros(crowd.n_workers)
    for first in range(0, len(crowd.items), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        pair, worker = pairs.of[part], crowd.workers[part]
        others = _without_own(chances[:, crowd.items[part]], own[:, pair])
        told = np.clip((others.max(axis=0) * crowd.n_labels - 1) / (crowd.n_labels - 1), 0, 1) ** 2
        told *= is_told[crowd.items[part]]
        others *= told
        agreed = others[crowd.labels[part], np.arange(len(pair))]
        right += np.bincount(worker, weights=agreed, minlength=crowd.n_workers)
        wrong += np.bincount(worker, weights=told - agreed, minlength=crowd.n_workers)
        for truth in range(crowd.n_labels):
            confusion[truth] += np.bincount(pair, weights=others[truth], minlength=len(pairs.workers))
    return CrowdEvidence(right, wrong, pairs, confusion)


def _own_logs(crowd: AnswersOfAll, pairs: Pairs, chances: Floats, method: Method) -> Floats:
    """Return for each truth and pair how much one such answer adds to the truth's logarithm."""
    if method is Method.DAWID_SKENE:
        return np.array([confusion_logs(crowd, pairs, chances, truth) for truth in range(crowd.n_labels)])
    logs = np.zeros((crowd.n_labels, len(pairs.workers)))
    logs[pairs.labels, np.arange(len(pairs.workers))] = one_coin_weights(crowd, chances)[pairs.workers]
    return logs


def _without_own(chances: Floats, own: Floats) -> Floats:
    """Return the chances of answers' items as they are without that answer, whose logarithms are ``own``."""
    logs = np.log(np.maximum(chances, _LEAST))
    logs -= own
    logs -= logs.max(axis=0)
    np.exp(logs, out=logs)
    logs /= logs.sum(axis=0)
    return logs
