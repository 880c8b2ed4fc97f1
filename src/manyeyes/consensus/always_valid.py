"""What may be looked at every day: how much is wrong at the most, and at the least, whenever one asks.

"Of what was accepted since 1 March at most 3.9 % is wrong (412 audited, 6 wrong)." A bound that is right in 95 of 100
cases on a day chosen beforehand is wrong on some day for far more of those who look daily. These two are right *on all
days together* in 95 of 100 cases, so anybody may look when they like, and act on what they see.

How: somebody who doubts "at least the share m is wrong" bets on every audit, at odds that are fair if exactly m is
wrong. If they are mistaken, their wealth grows past 20 times what they began with in at most 5 of 100 cases, ever
(Ville's inequality); every m at which it did is given up (I. Waudby-Smith, A. Ramdas: Estimating means of bounded
random variables by betting, JRSS B 86, 2024). The stakes are a fixed mixture, so the wealth follows from the two counts
alone, whatever the order: nothing else is kept. The price beside a bound for one look: 3.9 % instead of 2.9 % above.

What is assumed: audits are drawn by lot, each a draw of its own, and the share of wrong results stays what it is while
they are counted. When the question, its people or the threshold change, counting begins anew. Where the share drifts
by itself all the same, the bound holds for the mean over what was audited at any one look chosen beforehand, but not
for all looks together.
"""

import math
from collections.abc import Callable, Iterable

import msgspec

CONFIDENCE = 0.95
_HALVINGS = 40
# The stakes: the doubter bets as if the true share were m less this part of m, or more by so many times m. Coarse for
# few audits, fine for many; their weights fall as 1/2, 1/3, 1/4…: questions have hundreds of audits, rarely millions.
_LESS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05, 0.03, 0.015)
_MORE = (4.0, 2.0, 1.0, 0.5, 8.0, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05, 0.03, 0.015)


class Audits(msgspec.Struct, frozen=True):
    """How many results were audited, and how many of them were wrong: all that the bounds need."""

    audited: int = 0
    wrong: int = 0

    def after(self, is_wrong: bool) -> "Audits":
        """Return the counts after one more audit."""
        return Audits(self.audited + 1, self.wrong + is_wrong)


def most_wrong(audits: Audits, confidence: float = CONFIDENCE) -> float:
    """Return the share of wrong results that is not exceeded, with this confidence on all days together; 1 at first.

    It is one-sided: with `least_wrong` beside it both hold together with twice the chance to err. Raises ValueError for
    a confidence outside (0, 1) or counts that cannot be.
    """
    _check(audits, confidence)
    enough, right = -math.log1p(-confidence), audits.audited - audits.wrong
    return _boundary(lambda share: _log_wealth_below(share, audits.wrong, right) < enough) if right else 1.0


def least_wrong(audits: Audits, confidence: float = CONFIDENCE) -> float:
    """Return the share of wrong results that is reached at least; 0 at first. Otherwise as `most_wrong`."""
    _check(audits, confidence)
    enough, right = -math.log1p(-confidence), audits.audited - audits.wrong
    return _boundary(lambda share: _log_wealth_above(share, audits.wrong, right) >= enough) if audits.wrong else 0.0


def _boundary(holds: Callable[[float], bool]) -> float:
    """Return the share up to which ``holds`` is true."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        half = (low + high) / 2
        low, high = (half, high) if holds(half) else (low, half)
    return (low + high) / 2


def _log_wealth_below(share: float, wrong: int, right: int) -> float:
    """Return the logarithm of what became of 1, bet on less than ``share`` being wrong. It grows with ``share``.

    Each right result multiplies a stake's part by (1 - q) / (1 - share) and each wrong one by q / share, where q is the
    share that the stake bets on: 1 on average if exactly ``share`` is wrong, less if more is.
    """
    return _log_mean(
        _scaled(wrong, 1 - less) + _scaled(right, (1 - share * (1 - less)) / (1 - share)) for less in _LESS
    )


def _log_wealth_above(share: float, wrong: int, right: int) -> float:
    """Return the logarithm of what became of 1, bet on more than ``share`` being wrong. It falls with ``share``."""
    most = (1 - share) / share  # nobody can lose more than they have
    stakes = (min(more, most) for more in _MORE)
    return _log_mean(_scaled(wrong, 1 + more) + _scaled(right, (most - more) / most) for more in stakes)


def _scaled(count: int, factor: float) -> float:
    """Return the logarithm of ``factor`` to the power of ``count``, with 0 to the power of 0 as 1."""
    if not count:
        return 0.0
    return count * math.log(factor) if factor > 0 else -math.inf


def _log_mean(logarithms: Iterable[float]) -> float:
    """Return the logarithm of the weighted mean of what these are the logarithms of; nothing overflows."""
    parts = [value - math.log(place) for place, value in enumerate(logarithms, 2)]
    most = max(parts)
    if math.isinf(most):
        return most
    weights = sum(1 / (place + 2) for place in range(len(parts)))
    return most + math.log(sum(math.exp(part - most) for part in parts) / weights)


def _check(audits: Audits, confidence: float) -> None:
    if not (0 < confidence < 1 and 0 <= audits.wrong <= audits.audited):
        raise ValueError("a confidence lies between 0 and 1, and no more can be wrong than were audited")
