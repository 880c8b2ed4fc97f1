"""What a customer pays for one task at most: a bound that /v1 takes, and no compatible contract knows."""

from manyeyes.consensus.terms import PeopleTerms, within
from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal


def affordable(terms: PeopleTerms, price_micros: int, at_most_micros: int) -> PeopleTerms | Refusal:
    """Return the terms with as many people as the bound pays for at this price of an answer; 0 is no bound.

    PRICE_TOO_HIGH when it does not pay for those who are asked at once.
    """
    found = within(terms, price_micros, at_most_micros)
    if found:
        return found
    each = money.text(price_micros)
    if terms.answers == 1:
        return Refusal(Reason.PRICE_TOO_HIGH, f"a task of this queue costs {each} now")
    least = money.text(terms.answers * price_micros)
    return Refusal(Reason.PRICE_TOO_HIGH, f"{terms.answers} answers in this queue cost {least} now, {each} each")
