"""Who asks for a sign-in link without being signed in: how it is written, and how much (docs/decisions/0086)."""

import ipaddress
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from manyeyes.values.text.rules import read_name

LONGEST_NAME = 60
LONGEST_REACH = 120
MOST_OPEN = 100  # in the house: more nobody answers
MOST_FROM_ONE = 5  # of one address: an office has several people
KEPT = timedelta(days=7)  # who was not answered by then has asked elsewhere


class LinkRequest(msgspec.Struct, frozen=True):
    """``name``: a name or a number, as they know themselves; ``reach``: how the operator can reach them."""

    request_id: int
    name: str
    reach: str
    address: str
    asked_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether it is forgotten."""
        return self.asked_at + KEPT <= now


def read_asker(text: str) -> str:
    """Return the name or number that somebody says is theirs. Raises ValueError for one that cannot be read."""
    return read_name(text, "name", LONGEST_NAME)


def read_reach(text: str) -> str:
    """Return how somebody can be reached. Raises ValueError for what cannot be read."""
    return read_name(text, "way to reach you", LONGEST_REACH)


def is_room(address: str, open_ones: Collection[LinkRequest]) -> bool:
    """Tell whether a request from this address may join those that are open."""
    place = place_of_address(address)
    from_there = sum(place_of_address(each.address) == place for each in open_ones)
    return len(open_ones) < MOST_OPEN and from_there < MOST_FROM_ONE


def is_asked(name: str, address: str, open_ones: Collection[LinkRequest]) -> bool:
    """Tell whether somebody at the place of this address has asked under this name, in whatever letters."""
    asked = (name.casefold(), place_of_address(address))
    return any((each.name.casefold(), place_of_address(each.address)) == asked for each in open_ones)


def side_by_side(found: Sequence[LinkRequest]) -> list[LinkRequest]:
    """Return requests by when a name was asked for first; those of one name stand together, the oldest first."""
    first: dict[str, int] = {}
    for each in found:
        first[each.name.casefold()] = min(each.request_id, first.get(each.name.casefold(), each.request_id))
    return sorted(found, key=lambda each: (first[each.name.casefold()], each.request_id))


def place_of_address(address: str) -> str:
    """Return what counts as one place: an IPv4 address, or the /64 of an IPv6 one, of which a household has all."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((read, 64), strict=False)) if read.version == 6 else address
