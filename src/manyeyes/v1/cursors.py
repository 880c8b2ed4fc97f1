"""Pages of lists: where one begins, as text that its reader gives back unread, how long it is, in which order."""

import base64
import re
from collections.abc import Mapping
from typing import NamedTuple

from manyeyes.values.integers import whole_number
from manyeyes.values.refusals import Reason, Refusal, Refused

USUAL_PAGE, LARGEST_PAGE = 100, 1_000
NEWEST, OLDEST = "newest", "oldest"
_CURSOR_UNKNOWN = Refusal(Reason.CURSOR_UNKNOWN, "cursor must be what another page of this list gave as next")
_FORM = re.compile(r"([a-z-]{1,40})((?: -?[0-9]{1,19})+)", re.ASCII)


class PageWanted(NamedTuple):
    """What of a list is asked for: so many entries behind ``after`` (empty: from its beginning), in which order."""

    limit: int
    is_newest_first: bool
    after: tuple[int, ...]


def cursor(of: str, *numbers: int) -> str:
    """Return the cursor of a place in the list ``of``, whose entries these numbers order."""
    return base64.urlsafe_b64encode(" ".join([of, *map(str, numbers)]).encode()).decode().rstrip("=")


def read_cursor(of: str, text: str, count: int) -> tuple[int, ...]:
    """Return the numbers of a cursor of the list ``of``, ``count`` of them. Raises `Refused` for every other text."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode("ascii")
    except ValueError:
        plain = ""
    found = _FORM.fullmatch(plain)
    numbers = tuple(map(int, found[2].split())) if found and found[1] == of else ()
    if len(numbers) != count or any(not -(2**63) <= each < 2**63 for each in numbers):
        raise Refused(_CURSOR_UNKNOWN)
    return numbers


def page_wanted(of: str, query: Mapping[str, str], count: int = 1) -> PageWanted:
    """Return what page of the list ``of`` is asked for, whose entries ``count`` numbers order.

    Raises `Refused` for a limit, an order or a cursor that is none; a cursor is good for the order that it came in.
    """
    limit, order, after = asked_limit(query), query.get("order", NEWEST), query.get("cursor", "")
    if order not in (NEWEST, OLDEST):
        raise Refused(_unreadable(f"order must be {NEWEST} or {OLDEST}"))
    place = read_cursor(f"{of}-{order}", after, count) if after else ()
    if any(number < 0 for number in place):  # no page ends there
        raise Refused(_CURSOR_UNKNOWN)
    return PageWanted(limit, order == NEWEST, place)


def next_cursor(of: str, wanted: PageWanted, *numbers: int) -> str:
    """Return the cursor behind a page whose last entry these numbers order."""
    return cursor(f"{of}-{NEWEST if wanted.is_newest_first else OLDEST}", *numbers)


def asked_limit(query: Mapping[str, str], usual: int = USUAL_PAGE, largest: int | None = LARGEST_PAGE) -> int:
    """Return how many entries of a list are asked for. Raises `Refused` for what is no number from 1 to ``largest``.

    ``largest`` None: any whole number, of which the list takes what it has room for.
    """
    limit = whole_number(query.get("limit", str(usual)), 9)
    if limit is None or (largest is not None and not 1 <= limit <= largest):
        bounds = "" if largest is None else f" from 1 to {largest}"
        raise Refused(_unreadable(f"limit must be a whole number{bounds}"))
    return limit


def _unreadable(detail: str) -> Refusal:
    return Refusal(Reason.UNREADABLE, detail)
