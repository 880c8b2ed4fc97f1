"""What the operator's forms read of what is typed: money, numbers, shares, networks; and how these stand in them."""

from collections.abc import Callable

from manyeyes.accounts.rules import canonical_network
from manyeyes.consensus.terms import PeopleTerms, TermsFault, Uncertain, people_terms
from manyeyes.console.shared.forms import number_in
from manyeyes.roles.house.faults import FieldFault
from manyeyes.values import money
from manyeyes.values.durations import duration_text
from manyeyes.values.integers import whole_number

DIGITS = 18
MOST_NETWORKS = 100


def money_in(text: str) -> int:
    """Return the micro-units in an amount, with a point or a comma. Raises ValueError."""
    return money.parse(text.replace(",", ".", 1))


def whole_in(text: str) -> int:
    """Return a whole number. Raises ValueError."""
    number = whole_number(text, DIGITS)
    if number is None:
        raise ValueError(f"{text!r} is no whole number")
    return number


def or_none(reads: Callable[[str], int | float]) -> Callable[[str], int | float | None]:
    """Return what reads an empty field as None, and every other one as ``reads`` does."""
    return lambda text: reads(text) if text else None


def bounds_in(text: str) -> tuple[float, ...]:
    """Return the lowest and the highest threshold, with a blank between them; none of an empty field.

    Raises ValueError.
    """
    found = tuple(map(number_in, text.split()))
    if len(found) not in (0, 2):
        raise ValueError(f"{text!r} is not a lowest and a highest threshold")
    return found


def yes_in(text: str) -> bool:
    """Return whether a box is ticked."""
    return text == "yes"


def networks_in(text: str) -> tuple[str, ...]:
    """Return networks, one a line or by commas, each in its one spelling; none: from anywhere. Raises ValueError."""
    parts = [part for part in text.replace(",", " ").split() if part]
    if len(parts) > MOST_NETWORKS:
        raise ValueError(f"at most {MOST_NETWORKS} networks")
    return tuple(map(canonical_network, parts))


def numbers_in_order(text: str) -> tuple[int, ...]:
    """Return numbers that are written with commas or blanks between them, in their order. Raises ValueError."""
    return tuple(map(whole_in, text.replace(",", " ").split()))


def listed(text: str) -> tuple[str, ...]:
    """Return the values of the boxes that are ticked."""
    return tuple(part for part in text.split(",") if part)


def numbers_listed(text: str) -> tuple[int, ...]:
    """Return the values of boxes that stand for numbers. Raises ValueError."""
    return tuple(whole_in(part) for part in listed(text))


def yes(ticked: bool) -> str:
    """Return what a box that is ticked sends."""
    return "yes" if ticked else ""


def amount(micros: int) -> str:
    """Return an amount as it stands in a field: two to six decimals."""
    whole, part = divmod(micros, money.MICROS)
    return f"{whole}.{f'{part:06}'.rstrip('0').ljust(2, '0')}"


def share(value: float | None) -> str:
    """Return a share as it stands in a field; empty for none."""
    return "" if value is None else f"{value:.6g}"


def life(seconds: int | None) -> str:
    """Return a task's life as it stands in a field; empty for the installation's."""
    return duration_text(seconds) if seconds else ""


def people_in(answers: str, answers_at_most: str, wrong_at_most: str, uncertain: str) -> PeopleTerms | FieldFault:
    """Return how many people are asked, as four fields say it. Raises ValueError for what is no number."""
    found = people_terms(
        answers=whole_in(answers) if answers else None,
        answers_at_most=whole_in(answers_at_most) if answers_at_most else None,
        wrong_at_most=number_in(wrong_at_most) if wrong_at_most else None,
        uncertain=Uncertain(uncertain) if uncertain else None,
    )
    return FieldFault(found.member, "%(why)s", {"why": found.detail}) if isinstance(found, TermsFault) else found
