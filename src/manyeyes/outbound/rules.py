"""Where this installation may connect to. Pure: the door resolves and connects, this judges."""

import enum
import ipaddress
from collections.abc import Sequence

from manyeyes.outbound.networks import IPAddress, Network, is_metadata, last_hops, stands_for, why_special
from manyeyes.values.web_address import WebAddress, read_web_address

LONGEST_DETAIL = 300  # a refusal is kept with what it refused, and may quote what a stranger sent
FIRST_FREE_PORT = 1024  # below it only the two of the web: no mail, no shells, no file shares
WEB_PORTS = (80, 443)


class DoorReason(enum.StrEnum):
    """Why a connection to somebody else's host was refused, or came to nothing."""

    BAD_ADDRESS = "bad_address"  # no http or https address that we take
    FORBIDDEN = "forbidden"  # it leads to a place that is not for everybody
    NO_SUCH_NAME = "no_such_name"
    RESOLVER_FAILED = "resolver_failed"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls_failed"
    BROKEN = "broken"  # what came is not HTTP, or broke off
    TIMED_OUT = "timed_out"


LASTING = frozenset({DoorReason.BAD_ADDRESS, DoorReason.FORBIDDEN, DoorReason.NO_SUCH_NAME})


class DoorRefused(Exception):
    """``reason`` is for programs, ``detail`` an English sentence for people, `LONGEST_DETAIL` characters at most.

    It is no `Refused`: nobody asked us for anything. We asked somebody else, and whoever did that (a call-back, a
    site's check, a picture to fetch) decides what the failure means for whom it worked for.
    """

    def __init__(self, reason: DoorReason, detail: str) -> None:
        shown = detail if len(detail) <= LONGEST_DETAIL else f"{detail[: LONGEST_DETAIL - 1]}…"
        super().__init__(f"{reason}: {shown}")
        self.reason, self.detail = reason, shown

    @property
    def is_lasting(self) -> bool:
        """Tell whether trying again soon is unlikely to help."""
        return self.reason in LASTING


def destination(url: str) -> WebAddress:
    """Return the parts of an address that the door may try. Raises `DoorRefused` (bad_address)."""
    try:
        address = read_web_address(url)
    except ValueError as error:
        raise DoorRefused(DoorReason.BAD_ADDRESS, str(error)) from error
    if address.port < FIRST_FREE_PORT and address.port not in WEB_PORTS:
        raise DoorRefused(DoorReason.BAD_ADDRESS, f"port {address.port} is not called; 80, 443 and those from 1024 are")
    return address


def why_forbidden(address: str, allowed: Sequence[Network] = ()) -> str:
    """Return why an IP address may not be connected to; empty when it may (docs/decisions/0040).

    Public unicast addresses may; others only inside ``allowed``, and where a cloud keeps a machine's secrets never.
    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) is what counts, since that is where packets end;
    one at the end of a local tunnel (ISATAP) counts beside it.
    """
    try:
        ip: IPAddress = ipaddress.ip_address(address)
    except ValueError:
        return "it is no IP address"
    places: tuple[IPAddress, ...] = (*(stands_for(ip) or (ip,)), *last_hops(ip))
    for place in dict.fromkeys((ip, *places)):
        if is_metadata(place):
            return f"{_shown(address, ip, place)} is not a public address (clouds keep their machines' secrets there)"
    if any(ip in network for network in allowed):
        return ""
    for place in places:
        why = why_special(place)
        if why and not any(place in network for network in allowed):
            return f"{_shown(address, ip, place)} is not a public address ({why})"
    return ""


def _shown(address: str, ip: IPAddress, place: IPAddress) -> str:
    return address if place == ip else f"{address}, which leads to {place},"
