"""Whose reports of incorrect tokens are ignored: nobody checks them, so they are compared with the others'. Pure.

An account with at least 100 such tasks in 24 hours whose share of incorrect reports is far outside the others' (three
standard deviations) is ignored for three days (docs/contracts/anticaptcha.md#outliers; exactly: docs/decisions/0012).
"""

from collections.abc import Collection
from datetime import timedelta
from statistics import fmean, variance

import msgspec

WINDOW = timedelta(hours=24)
IGNORED = timedelta(days=3)
FEWEST_TASKS = 100  # docs/contracts/anticaptcha.md#outliers
FEWEST_INCORRECT = 10  # of fewer, three deviations say nothing
FEWEST_OTHERS = 5  # against fewer, nobody is judged
DEVIATIONS = 3


class Tally(msgspec.Struct, frozen=True):
    """An account's charged token tasks of the window, and its reports of them as incorrect (ignored ones too)."""

    account_id: int
    tasks: int
    incorrect: int

    @property
    def share(self) -> float:
        """Return the share of the account's tasks that it reported as incorrect, 0 to 1."""
        return self.incorrect / self.tasks


class Outlier(msgspec.Struct, frozen=True):
    """An account far outside the others: its ``tally``, their mean share and the most that would have passed."""

    tally: Tally
    mean: float
    limit: float


def outliers(tallies: Collection[Tally], ignored: Collection[int]) -> list[Outlier]:
    """Return the accounts whose reports are to be ignored from now on.

    The others are the accounts with as many tasks that report tokens as incorrect too (whoever never does says nothing
    about how many are), without the account itself and without those who are ``ignored`` already.
    """
    judged = [t for t in tallies if t.tasks >= FEWEST_TASKS and t.incorrect > 0 and t.account_id not in ignored]
    found = (_judge(t, [other for other in judged if other is not t]) for t in judged)
    return [outlier for outlier in found if outlier]


def _judge(tally: Tally, others: Collection[Tally]) -> Outlier | None:
    if tally.incorrect < FEWEST_INCORRECT or len(others) < FEWEST_OTHERS:
        return None
    mean, limit = fmean(other.share for other in others), limit_of(tally.tasks, others)
    return Outlier(tally, mean, limit) if tally.share > limit else None


def limit_of(tasks: int, others: Collection[Tally]) -> float:
    """Return the largest share that is not far outside: the mean share of the others and three standard deviations.

    The variance of one more account's share has three parts: how much the accounts truly differ (the variance of their
    shares less what sampling alone explains of it: the method of moments), the account's own sampling error, and the
    error of the mean. Sampling errors are binomial, around the pooled share by Laplace's rule, so they are never zero.
    Every account counts once in the mean, however many tasks it has.
    """
    shares = [other.share for other in others]
    pooled = (sum(o.incorrect for o in others) + 1) / (sum(o.tasks for o in others) + 2)
    binomial = pooled * (1 - pooled)
    sampling = fmean(binomial / other.tasks for other in others)
    between = max(variance(shares) - sampling, 0.0)
    total = between + binomial / tasks + (between + sampling) / len(shares)
    deviation: float = total**0.5
    return fmean(shares) + DEVIATIONS * deviation
