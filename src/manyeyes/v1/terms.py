"""Terms of a task by itself and of a job's tasks, which are alike (docs/reference/v1/tasks.md, jobs.md)."""

from datetime import UTC, datetime

import msgspec

from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE
from manyeyes.values.money import parse
from manyeyes.values.refusals import MemberFault, Reason, Refusal, Refused


class TermsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each answer may cost in USD, how long a task may wait (seconds), and when all of it must be there."""

    answers: int = 1
    price_at_most: str | None = None
    life: int | None = None
    deadline: datetime | None = None


class GivenTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Terms that were judged; ``price_at_most_micros`` None: any price."""

    answers: int
    price_at_most_micros: int | None
    life_seconds: int | None
    deadline: datetime | None


def read_terms(body: TermsBody) -> GivenTerms:
    """Return what terms say. Raises `Refused` with the member that is wrong."""
    if body.answers != 1:
        raise wrong("/terms/answers", "one answer for now")
    if body.life is not None and not SHORTEST_LIFE <= body.life <= LONGEST_LIFE:
        raise wrong("/terms/life", f"from {SHORTEST_LIFE} to {LONGEST_LIFE} seconds")
    price = micros("/terms/price_at_most", body.price_at_most)
    if price == 0:
        raise wrong("/terms/price_at_most", "an amount above zero")
    deadline = instant("/terms/deadline", body.deadline)
    return GivenTerms(answers=body.answers, price_at_most_micros=price, life_seconds=body.life, deadline=deadline)


def micros(pointer: str, amount: str | None) -> int | None:
    """Return an amount in USD as micro-units; None for none. Raises `Refused` for what is no amount."""
    try:
        return None if amount is None else parse(amount)
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
