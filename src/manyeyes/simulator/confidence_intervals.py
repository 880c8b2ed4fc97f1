"""Means over seeds with their 95 % intervals, and how many tasks show a difference."""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev

import msgspec

NORMAL_95 = NormalDist().inv_cdf(0.975)
NORMAL_POWER_80 = NormalDist().inv_cdf(0.8)


class Interval(msgspec.Struct, frozen=True):
    """A mean, and how far to both sides the 95 % interval reaches; both in the unit of what was measured."""

    mean: float
    reach: float

    @property
    def low(self) -> float:
        """Return the lower end."""
        return self.mean - self.reach

    @property
    def high(self) -> float:
        """Return the upper end."""
        return self.mean + self.reach


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of independent runs with Student's 95 % interval; at least two are needed."""
    return Interval(fmean(values), student_95(len(values) - 1) * stdev(values) / math.sqrt(len(values)))


def student_95(freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's t, right to 0.001 from 8 degrees of freedom on.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5: an expansion around the normal quantile.
    """
    x, n = NORMAL_95, freedom
    return (
        x
        + (x**3 + x) / (4 * n)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * n**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * n**3)
    )


def tasks_to_notice(before: float, after: float) -> float:
    """Return how many tasks a customer must count on each side to see that two shares of correct answers differ.

    The usual size of a sample for two proportions: a test at 5 % that finds the difference four times in five.
    Infinite when there is none.
    """
    if before == after:
        return math.inf
    variance = before * (1 - before) + after * (1 - after)
    return (NORMAL_95 + NORMAL_POWER_80) ** 2 * variance / (after - before) ** 2
