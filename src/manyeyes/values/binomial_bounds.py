"""How large a share may be, by a count of it: the binomial tail and the bound that Clopper and Pearson made of it.

C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial,
Biometrika 26 (1934). Exact for every sample size; no normal approximation.
"""

import math

_NEGLIGIBLE = 1e-18  # of the largest term, beside which smaller ones change nothing
_HALVINGS = 60


def tail(count: int, trials: int, share: float) -> float:
    """Return how likely at most ``count`` of ``trials`` come out when each one does with chance ``share``.

    Summed from the largest term outwards, so that nothing underflows that matters.
    """
    if count >= trials or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    # 1. The largest term that counts, by its logarithm.
    middle = min(count, math.floor((trials + 1) * share))
    odds = share / (1 - share)
    log_largest = (
        math.lgamma(trials + 1)
        - math.lgamma(middle + 1)
        - math.lgamma(trials - middle + 1)
        + middle * math.log(share)
        + (trials - middle) * math.log1p(-share)
    )
    # 2. The smaller terms on its left and right, relative to it, until they change nothing.
    total = term = 1.0
    for k in range(middle, 0, -1):
        term *= k / ((trials - k + 1) * odds)
        total += term
        if term < _NEGLIGIBLE:
            break
    term = 1.0
    for k in range(middle, count):
        term *= (trials - k) * odds / (k + 1)
        total += term
        if term < _NEGLIGIBLE:
            break
    return min(math.exp(log_largest) * total, 1.0)


def upper_bound(count: int, trials: int, confidence: float) -> float:
    """Return the share that is not exceeded with this confidence when ``count`` of ``trials`` came out, one-sided."""
    if count >= trials:
        return 1.0
    low, high = count / trials, 1.0
    for _ in range(_HALVINGS):
        half = (low + high) / 2
        if tail(count, trials, half) > 1 - confidence:
            low = half
        else:
            high = half
    return high


def fewest_trials(share: float, confidence: float) -> int:
    """Return how many trials without a single hit show that the chance of one is at most ``share``."""
    return math.ceil(math.log(1 - confidence) / math.log1p(-share))


def lower_bound(count: int, trials: int, confidence: float) -> float:
    """Return the share that is reached with this confidence when ``count`` of ``trials`` came out, one-sided."""
    return 1 - upper_bound(trials - count, trials, confidence) if trials else 0.0


def drawn_tail(count: int, drawn: int, hits: int, there: int) -> float:
    """Return how likely at most ``count`` of ``drawn`` are hits, drawn by lot from ``there``, of which ``hits`` are.

    The hypergeometric distribution, summed from its last term down. Needs drawn <= there and hits <= there.
    """
    least, most = max(0, drawn + hits - there), min(drawn, hits)
    if count >= most:
        return 1.0
    if count < least:
        return 0.0
    log_last = _log_choose(hits, count) + _log_choose(there - hits, drawn - count) - _log_choose(there, drawn)
    total = term = 1.0
    for k in range(count, least, -1):
        term *= k * (there - hits - drawn + k) / ((hits - k + 1) * (drawn - k + 1))
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return min(math.exp(log_last + math.log(total)), 1.0)


def _log_choose(there: int, drawn: int) -> float:
    return math.lgamma(there + 1) - math.lgamma(drawn + 1) - math.lgamma(there - drawn + 1)
