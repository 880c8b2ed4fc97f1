"""How many people are asked, as /v1 says it: alike for tasks and jobs (docs/reference/v1/tasks.md)."""

from typing import Literal

import msgspec

from manyeyes.consensus.terms import PeopleTerms, TermsFault, Uncertain, people_terms, within
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE, QueueTerms
from manyeyes.values import money
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused


class SentTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``answers``: people asked at once; ``answers_at_most``: in all.

    ``wrong_at_most``: the share of accepted results that may be wrong. ``price_at_most``: of a task with all its
    answers, in USD. ``uncertain``: what becomes of one that is not certain. ``life``: seconds that a task may wait.
    """

    answers: int | None = None
    answers_at_most: int | None = None
    wrong_at_most: float | None = None
    price_at_most: str | None = None
    uncertain: Literal["return", "review"] | None = None
    life: int | None = None


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """How many people a task takes; ``wrong_at_most`` null: the majority is enough."""

    answers: int
    answers_at_most: int
    wrong_at_most: float | None
    uncertain: str


def wrong(pointer: str, detail: str, reason: Reason = Reason.TASK_PROPERTIES) -> Refused:
    """Return the refusal of one member, to be raised."""
    return Refused(Refusal(reason, f"{pointer}: {detail}", (MemberFault(detail, pointer),)))


def asked_people(sent: SentTerms, queue: QueueTerms) -> PeopleTerms | None:
    """Return how many people are asked for; None where nothing is said of them. Raises `Refused` for what cannot be.

    A bound on the price that is below the first round's is refused here already, by what the queue costs now.
    """
    said = (sent.answers, sent.answers_at_most, sent.wrong_at_most, sent.uncertain)
    if said == (None, None, None, None):
        return None
    found = people_terms(
        answers=sent.answers,
        answers_at_most=sent.answers_at_most,
        wrong_at_most=sent.wrong_at_most,
        uncertain=Uncertain(sent.uncertain) if sent.uncertain else None,
    )
    if isinstance(found, TermsFault):
        raise wrong(f"/terms/{found.member}", found.detail)
    least = found.answers * queue.price_micros
    if found.answers > 1 and within(found, queue.price_micros, price_at_most(sent) or 0) is None:
        said_price = f"{found.answers} answers in this queue cost {money.text(least)}"
        raise wrong("/terms/price_at_most", said_price, Reason.PRICE_TOO_HIGH)
    return found


def price_at_most(sent: SentTerms) -> int | None:
    """Return the most that a task may cost, in micro-units; None for any price. Raises `Refused`."""
    if sent.price_at_most is None:
        return None
    try:
        micros = money.parse(sent.price_at_most)
    except ValueError as error:
        raise wrong("/terms/price_at_most", str(error)) from error
    if not micros:
        raise wrong("/terms/price_at_most", "it must be more than 0")
    return micros


def check_life(sent: SentTerms) -> None:
    """Raise `Refused` for a life that no task may have."""
    if sent.life is not None and not SHORTEST_LIFE <= sent.life <= LONGEST_LIFE:
        raise wrong("/terms/life", f"from {SHORTEST_LIFE} to {LONGEST_LIFE} seconds")


def people_view(terms: PeopleTerms) -> PeopleView:
    """Return how many people a task takes."""
    return PeopleView(
        answers=terms.answers,
        answers_at_most=terms.answers_at_most,
        wrong_at_most=terms.wrong_at_most,
        uncertain=str(terms.uncertain),
    )
