"""Terms of a task by itself and of a job's tasks, which are alike (docs/reference/v1/tasks.md, jobs.md)."""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from manyeyes.consensus.terms import PeopleTerms, TermsFault, Uncertain, people_terms, within
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE, QueueTerms
from manyeyes.values import money
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused


class TermsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``answers``: people asked at once; ``answers_at_most``: in all.

    ``wrong_at_most``: the share of accepted results that may be wrong. ``uncertain``: what becomes of one that is not
    certain. ``price_at_most``: of a task with all its answers, in USD. ``life``: seconds that a task may wait;
    ``deadline``: when all of it must be there.
    """

    answers: int | None = None
    answers_at_most: int | None = None
    wrong_at_most: float | None = None
    uncertain: Literal["return", "review"] | None = None
    price_at_most: str | None = None
    life: int | None = None
    deadline: datetime | None = None


class GivenTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Terms that were judged. ``people`` None: as many as the queue says; ``price_at_most_micros`` None: any price."""

    people: PeopleTerms | None
    price_at_most_micros: int | None
    life_seconds: int | None
    deadline: datetime | None


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """How many people a task takes; ``wrong_at_most`` null: the majority is enough."""

    answers: int
    answers_at_most: int
    wrong_at_most: float | None
    uncertain: str


def read_terms(body: TermsBody, queue: QueueTerms) -> GivenTerms:
    """Return what terms say. Raises `Refused` with the member that is wrong.

    A bound on the price that is below the first round's is refused here already, by what the queue costs now.
    """
    if body.life is not None and not SHORTEST_LIFE <= body.life <= LONGEST_LIFE:
        raise wrong("/terms/life", f"from {SHORTEST_LIFE} to {LONGEST_LIFE} seconds")
    price = micros("/terms/price_at_most", body.price_at_most)
    if price == 0:
        raise wrong("/terms/price_at_most", "an amount above zero")
    return GivenTerms(
        people=_people(body, queue, price),
        price_at_most_micros=price,
        life_seconds=body.life,
        deadline=instant("/terms/deadline", body.deadline),
    )


def _people(body: TermsBody, queue: QueueTerms, price_at_most: int | None) -> PeopleTerms | None:
    said = (body.answers, body.answers_at_most, body.wrong_at_most, body.uncertain)
    if said == (None, None, None, None):
        return None
    found = people_terms(
        answers=body.answers,
        answers_at_most=body.answers_at_most,
        wrong_at_most=body.wrong_at_most,
        uncertain=Uncertain(body.uncertain) if body.uncertain else None,
    )
    if isinstance(found, TermsFault):
        raise wrong(f"/terms/{found.member}", found.detail)
    if found.fewest > 1 and within(found, queue.price_micros, price_at_most or 0) is None:
        least = money.text(found.fewest * queue.price_micros)
        said_price = f"{found.fewest} answers in this queue cost {least} USD"
        raise wrong("/terms/price_at_most", said_price, Reason.PRICE_TOO_HIGH)
    return found


def people_view(terms: PeopleTerms) -> PeopleView:
    """Return how many people a task takes."""
    return PeopleView(
        answers=terms.answers,
        answers_at_most=terms.answers_at_most,
        wrong_at_most=terms.wrong_at_most,
        uncertain=str(terms.uncertain),
    )


def micros(pointer: str, amount: str | None) -> int | None:
    """Return an amount in USD as micro-units; None for none. Raises `Refused` for what is no amount."""
    try:
        return None if amount is None else money.parse(amount)
    except ValueError as error:
        raise wrong(pointer, str(error)) from error


def instant(pointer: str, at: datetime | None) -> datetime | None:
    """Return an instant in UTC; None for none. Raises `Refused` for one without an offset, and far outside of time."""
    if at is not None and at.tzinfo is None:
        raise wrong(pointer, "an instant with its offset from UTC, like 2027-01-31T12:00:00Z")
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError as error:  # in UTC it would lie before the year 1, or behind 9999
        raise wrong(pointer, "an instant between the years 1 and 9999") from error


def wrong(pointer: str, detail: str, reason: Reason = Reason.TASK_PROPERTIES) -> Refused:
    """Return the refusal of one member, to be raised."""
    return Refused(Refusal(reason, f"{pointer}: {detail}", (MemberFault(detail, pointer),)))
