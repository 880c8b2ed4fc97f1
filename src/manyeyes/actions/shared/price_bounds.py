"""What a customer pays for one task at most: a bound that /v1 takes, and no compatible contract knows."""

from manyeyes.consensus.terms import PeopleTerms, within
from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal


def affordable(terms: PeopleTerms, price_micros: int, at_most_micros: int) -> PeopleTerms | Refusal:
    """Return the terms with as many people as the bound pays for at this price of an answer; 0 is no bound.

    PRICE_TOO_HIGH when it does not pay for the fewest who are asked.
    """
    found = within(terms, price_micros, at_most_micros)
    if found:
        return found
    each = money.text(price_micros)
    if terms.fewest == 1:
        return Refusal(Reason.PRICE_TOO_HIGH, f"a task of this queue costs {each} USD now")
    least = money.text(terms.fewest * price_micros)
    return Refusal(Reason.PRICE_TOO_HIGH, f"{terms.fewest} answers in this queue cost {least} USD now, {each} each")


def beyond_balance(most_micros: int) -> Refusal:
    """Return the refusal of what may cost more than the balance holds."""
    return Refusal(Reason.BALANCE_TOO_LOW, f"the balance is below {money.text(most_micros)} USD, the most it may cost")
