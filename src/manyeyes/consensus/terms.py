"""How many people a task is asked of, as its customer wants it: a fixed number, or until it is sure enough."""

import enum

import msgspec

from manyeyes.consensus.rules import HowMany

MOST_ANSWERS = 20
FIRST_WHEN_SURE, MOST_WHEN_SURE = 2, 7  # what sure terms ask of unless they say otherwise
FEWEST_WHEN_SURE = 2  # one person's word is never called sure, whoever they are (docs/decisions/0067)
LEAST_WRONG, MOST_WRONG = 0.001, 0.5


class Uncertain(enum.StrEnum):
    """What becomes of a result that is not certain when nobody else may be asked."""

    RETURN = "return"  # the best there is, called uncertain
    REVIEW = "review"  # a reviewer decides, who sees all answers blind


class PeopleTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``answers``: people asked at once; ``answers_at_most``: in all.

    ``wrong_at_most``: the share of accepted results that may be wrong; None: the majority is enough.
    """

    answers: int = 1
    answers_at_most: int = 1
    wrong_at_most: float | None = None
    uncertain: Uncertain = Uncertain.RETURN

    @property
    def is_single(self) -> bool:
        """Tell whether one person's word is enough: then there is nothing to decide."""
        return self.answers_at_most == 1 and self.wrong_at_most is None

    @property
    def fewest(self) -> int:
        """Return how many people must be payable at least: those asked at once; where it must be sure two."""
        return self.answers if self.wrong_at_most is None else max(self.answers, FEWEST_WHEN_SURE)

    def most_micros(self, price_micros: int) -> int:
        """Return the most that a task may cost, at this price of an answer."""
        return self.answers_at_most * price_micros

    def how_many(self) -> HowMany:
        """Return the bounds that decisions keep to."""
        return HowMany(first=self.answers, at_most=self.answers_at_most, wrong_at_most=self.wrong_at_most)


ONE_ANSWER = PeopleTerms()


class TermsFault(msgspec.Struct, frozen=True):
    """What is wrong with terms, and with which member."""

    member: str
    detail: str


def people_terms(
    *,
    answers: int | None = None,
    answers_at_most: int | None = None,
    wrong_at_most: float | None = None,
    uncertain: Uncertain | None = None,
) -> PeopleTerms | TermsFault:
    """Return terms as they were asked for, what was left out filled in; or the first member that cannot be met.

    Fixed terms ask of one more to settle a tie, unless they say how many at most; sure ones of two at once and of seven
    at most. What can never happen, whoever answers, is a fault, too (docs/decisions/0067).
    """
    is_sure = wrong_at_most is not None
    first = (FIRST_WHEN_SURE if is_sure else 1) if answers is None else answers
    if not 1 <= first <= MOST_ANSWERS:
        return TermsFault("answers", f"from 1 to {MOST_ANSWERS}")
    most = answers_at_most
    if most is None:
        most = max(first, MOST_WHEN_SURE) if is_sure else first + (first > 1)
        most = min(most, MOST_ANSWERS)
    if not first <= most <= MOST_ANSWERS:
        return TermsFault("answers_at_most", f"from {first}, which is asked at once, to {MOST_ANSWERS}")
    if wrong_at_most is not None and not LEAST_WRONG <= wrong_at_most <= MOST_WRONG:
        return TermsFault("wrong_at_most", f"from {LEAST_WRONG} to {MOST_WRONG}, a share of the accepted results")
    if never := _never(first, most, uncertain, is_sure=is_sure):
        return never
    return PeopleTerms(
        answers=first,
        answers_at_most=most,
        wrong_at_most=wrong_at_most,
        uncertain=uncertain or Uncertain.RETURN,
    )


def _never(first: int, most: int, uncertain: Uncertain | None, *, is_sure: bool) -> TermsFault | None:
    """Return the member that asks for what can never happen; None where all of it may."""
    if is_sure:
        if most < FEWEST_WHEN_SURE:
            return TermsFault("answers_at_most", "one person's word is never sure: 2 or more, or no wrong_at_most")
    elif first == 1 and most > 1:
        said = "one answer settles it, so nobody more would be asked: say answers (2 or more), or wrong_at_most"
        return TermsFault("answers_at_most", said)
    elif most == 1 and uncertain is Uncertain.REVIEW:
        return TermsFault("uncertain", "one answer is never uncertain; ask several people, or say how sure")
    return None


def within(terms: PeopleTerms, price_micros: int, at_most_micros: int) -> PeopleTerms | None:
    """Return the terms with as many people as the bound on a task's cost pays for; None when it pays for too few.

    ``at_most_micros`` 0: there is none.
    """
    if not at_most_micros or terms.most_micros(price_micros) <= at_most_micros:
        return terms
    affordable = at_most_micros // price_micros
    if affordable < terms.fewest:
        return None
    return msgspec.structs.replace(terms, answers_at_most=affordable)
