"""What a customer pays for one task at most: a bound that /v1 takes, and no compatible contract knows."""

from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal


def too_dear(price_micros: int, at_most_micros: int) -> Refusal | None:
    """Return PRICE_TOO_HIGH for a price above the bound; 0 is none."""
    if not 0 < at_most_micros < price_micros:
        return None
    return Refusal(Reason.PRICE_TOO_HIGH, f"a task of this queue costs {money.text(price_micros)} now")
