"""What one stranger's connections may take of a serving process (docs/decisions/0039, docs/reference/settings.md)."""

import ipaddress
from collections import Counter

import msgspec

from manyeyes.settings import Settings

IPV6_SITE = 64  # bits: whoever has one address of IPv6 has all of its /64
UNIX = "unix"  # in an address's place, where a connection came by a Unix socket
AnyNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, times in seconds, of one serving process. ``proxies``: whose connections are not counted."""

    largest_head: int
    head_seconds: float
    stall_seconds: float
    keep_alive_seconds: float
    in_all: int
    per_address: int
    proxies: str = ""


def limits_of(settings: Settings) -> ConnectionLimits:
    """Return the limits that the settings ask for."""
    return ConnectionLimits(
        largest_head=settings.head_kilobytes * 1024,
        head_seconds=settings.head_seconds,
        stall_seconds=settings.stall_seconds,
        keep_alive_seconds=settings.keep_alive_seconds,
        in_all=settings.connections,
        per_address=settings.connections_per_address,
        proxies=settings.trusted_proxies,
    )


class Places:
    """Counts the connections of a process, in all and by address; a trusted proxy speaks for many, and has no count."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._in_all = 0
        self._held: Counter[str] = Counter()
        self._proxies = _networks(limits.proxies)
        self._trusts_unix = self._proxies is None or UNIX in {part.strip() for part in limits.proxies.split(",")}

    def take(self, address: str) -> str | None:
        """Return the name under which a place was taken, to be given back; None when there is none."""
        name = self._name(address)
        if self._in_all >= self._limits.in_all or (name and self._held[name] >= self._limits.per_address):
            return None
        self._in_all += 1
        self._held[name] += 1
        return name

    def give_back(self, name: str) -> None:
        """Give a place back that was taken under this name."""
        self._in_all -= 1
        self._held[name] -= 1
        if not self._held[name]:
            del self._held[name]

    def trusts(self, address: str) -> bool:
        """Tell whether a trusted proxy is there, by whose word requests are named."""
        if address == UNIX:
            return self._trusts_unix
        found = _read_address(address)
        return self._proxies is None or (found is not None and any(found in network for network in self._proxies))

    def _name(self, address: str) -> str:
        """Return who counts as one; empty for a trusted proxy, and for who has no address."""
        found = _read_address(address)
        if found is None or self.trusts(address):
            return ""
        return str(found) if found.version == 4 else str(ipaddress.ip_network((found, IPV6_SITE), strict=False))


def _read_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _networks(proxies: str) -> list[AnyNetwork] | None:
    """Return the trusted networks; None where everybody is trusted. Names that are no address count as nobody."""
    parts = [part.strip() for part in proxies.split(",") if part.strip()]
    if "*" in parts:
        return None
    found = []
    for part in parts:
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            continue
    return found
