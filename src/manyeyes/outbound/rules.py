"""Where this installation may connect to. Pure: the door resolves and connects, this judges."""

import enum
import ipaddress
from collections.abc import Sequence

from manyeyes.values.web_address import WebAddress, read_web_address

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST_DETAIL = 300  # a refusal is kept with what it refused, and may quote what a stranger sent
FIRST_FREE_PORT = 1024  # below it only the two of the web: no mail, no shells, no file shares
WEB_PORTS = (80, 443)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is given out for hosts (IANA, IPv6 address space)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# Never a host on the internet, though not every Python knows it: RFC 7526 (6to4 relays), RFC 9637 (documentation).
NEVER: tuple[Network, ...] = (ipaddress.IPv4Network("192.88.99.0/24"), ipaddress.IPv6Network("3fff::/20"))


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
    """Return why an IP address may not be connected to; empty when it may.

    Public unicast addresses may; others only inside ``allowed``. An IPv4 address inside an IPv6 one (mapped, NAT64,
    6to4, Teredo) is what counts, since that is where the packets end.
    """
    try:
        ip: IPAddress = ipaddress.ip_address(address)
    except ValueError:
        return "it is no IP address"
    if any(ip in network for network in allowed):
        return ""
    places = _embedded(ip) or (ip,)
    private = next((p for p in places if not (_is_public(p) or any(p in network for network in allowed))), None)
    if private is None:
        return ""
    return f"{address} is not a public address" if private == ip else f"{address} is {private}, not a public address"


def _embedded(ip: IPAddress) -> tuple[IPAddress, ...]:
    """Return the IPv4 addresses that an IPv6 address carries."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    if ip in NAT64:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    return tuple(found for found in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if found is not None)


def _is_public(ip: IPAddress) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_unspecified or ip.is_reserved or ip.is_link_local:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (getattr(ip, "scope_id", None) or ip not in GLOBAL_UNICAST):
        return False
    return not any(ip in network for network in NEVER)
