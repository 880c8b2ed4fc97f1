"""What is known in closed form; the tests hold the simulations against it."""

import math


def erlang_c(servers: int, load: float) -> float:
    """Return the share of arrivals that must wait at M/M/c, ``load`` per server below 1 (Erlang, 1917)."""
    offered = servers * load
    blocked = 1.0  # Erlang's B by its recursion over the servers, which never overflows
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - load * (1 - blocked))


def mean_wait(servers: int, load: float, service: float) -> float:
    """Return how long an arrival at M/M/c waits on average, in the unit of ``service``."""
    return erlang_c(servers, load) * service / (servers * (1 - load))


def beta_shape(mean: float, spread: float) -> tuple[float, float]:
    """Return both parameters of the beta distribution with this mean and standard deviation (``spread`` > 0)."""
    size = mean * (1 - mean) / spread**2 - 1
    if not 0 < mean < 1 or size <= 0:
        raise ValueError(f"no accuracies from 0 to 1 have the mean {mean} and the standard deviation {spread}")
    return mean * size, (1 - mean) * size


def accuracy_of_first_praised(mean: float, spread: float) -> float:
    """Return the accuracy to expect of a worker because one answer of theirs was correct: E[a²] / E[a].

    What praise alone reaches with one customer and a crowd that is never busy: whoever was praised first stays.
    """
    return mean + spread**2 / mean


def accuracy_of_stay_or_shift(mean: float, spread: float) -> float:
    """Return the share of correct answers when each worker stays until their first mistake: 1 - 1 / E[1 / (1 - a)].

    What praise with its twin reaches with one customer and an endless crowd that is never busy: a worker of accuracy a
    answers 1 / (1 - a) tasks on average, the last one wrongly (renewal reward). 1 where the mean is infinite.
    """
    a, b = beta_shape(mean, spread)
    return 1 - (b - 1) / (a + b - 1) if b > 1 else 1.0


def majority_error(accuracy: float, needed: int, likeness: float = 0.0) -> float:
    """Return the chance that ``needed`` equal votes of ``2 * needed - 1`` are wrong ones.

    A reviewer is right with ``accuracy``. ``likeness`` is the correlation of two reviewers' errors on one picture:
    the error's chance is drawn per picture from a beta distribution, so the wrong votes are beta-binomial.
    """
    votes = 2 * needed - 1
    return sum(_wrong(votes, k, accuracy, likeness) for k in range(needed, votes + 1))


def majority_votes(accuracy: float, needed: int, likeness: float = 0.0) -> float:
    """Return how many votes it takes on average until ``needed`` are equal."""
    total = 0.0
    for votes in range(needed, 2 * needed):
        ways = math.comb(votes - 1, needed - 1)  # the deciding vote comes last
        for wrong in (needed, votes - needed):
            total += votes * ways * _wrong(votes, wrong, accuracy, likeness) / math.comb(votes, wrong)
    return total


def _wrong(votes: int, wrong: int, accuracy: float, likeness: float) -> float:
    """Return the chance of exactly so many wrong votes."""
    error = 1 - accuracy
    if likeness == 0:
        return math.comb(votes, wrong) * error**wrong * accuracy ** (votes - wrong)
    size = (1 - likeness) / likeness
    a, b = error * size, accuracy * size
    return math.comb(votes, wrong) * math.exp(_log_beta(a + wrong, b + votes - wrong) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
