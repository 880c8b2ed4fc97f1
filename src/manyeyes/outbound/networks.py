"""Networks that are no places on the internet: a table of our own, alike on every Python. Pure.

Python's `ipaddress` is asked what an address is, never what it is for: its answers (`is_global` and others) differ from
one release to the next. From IANA's registries of special-purpose addresses for IPv4 and IPv6, of multicast and of the
IPv6 address space, as they stood in November 2026; docs/decisions/0040 says what else is refused, and why.
"""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

IPAddress = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Some of these can be reached from everywhere and are refused all the same: what answers there is whatever is nearest
# (anycast: relays, AS112's name servers, a network's own gateway), and never the host of somebody who names it.
_SPECIAL = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private use",
    "100.64.0.0/10": "shared by a carrier's customers",
    "127.0.0.0/8": "this machine",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private use",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "multicast relays",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private use",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",  # and 255.255.255.255, everybody
    "::/128": "no address",
    "::1/128": "this machine",
    "::/96": "IPv4-compatible, given up",
    "::ffff:0:0:0/96": "IPv4-translated, given up",
    "64:ff9b:1::/48": "NAT64 of one network",
    "100::/64": "discarded",
    "100:0:0:1::/64": "a dummy",
    "2001::/23": "protocol assignments",
    "2001:db8::/32": "documentation",
    "2620:4f:8000::/48": "AS112",
    "3ffe::/16": "6bone, given up",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private use",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local, given up",
    "ff00::/8": "multicast",
}
SPECIAL: tuple[tuple[Network, str], ...] = tuple((ipaddress.ip_network(text), use) for text, use in _SPECIAL.items())
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is given out for hosts; the rest is reserved

# Where clouds tell a machine its secrets. No setting opens these: who allows a network means the hosts in it.
METADATA: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.100.100.200/32",  # Alibaba Cloud
        "168.63.129.16/32",  # Azure's host, by a public address
        "169.254.0.23/32",  # Tencent Cloud
        "169.254.42.42/32",  # Scaleway
        "169.254.169.0/24",  # nearly all; name and time servers of some beside it
        "169.254.170.0/24",  # Amazon's containers
        "192.0.0.192/32",  # Oracle Cloud
        "fd00:42::42/128",  # Scaleway
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::254/128",  # Google
        "fe80::a9fe:a9fe/128",  # OpenStack
    )
)

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")  # RFC 4291
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")  # RFC 3056
_TEREDO = ipaddress.IPv6Network("2001::/32")  # RFC 4380
_EITHER_BIT = 0x0300_0000  # of an ISATAP interface: universal or not, group or not
_ISATAP = 0x0000_5EFE  # RFC 5214: before the IPv4 address that ends the interface's id


def why_special(ip: IPAddress) -> str:
    """Return why an address is no place on the internet; empty when it is one. Looks at what it says, not inside."""
    for network, use in SPECIAL:
        if ip in network:
            return f"{network} is {use}" if network.num_addresses > 1 else use
    if isinstance(ip, IPv6Address) and ip not in GLOBAL_UNICAST:
        return f"only {GLOBAL_UNICAST} is given out for hosts"
    return "it means something on one machine only" if getattr(ip, "scope_id", None) else ""


def is_metadata(ip: IPAddress) -> bool:
    """Tell whether a cloud gives its machines their secrets at an address."""
    return any(ip in network for network in METADATA)


def stands_for(ip: IPAddress) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses where packets to a translated or tunnelled IPv6 address end; most have none."""
    if isinstance(ip, IPv4Address):
        return ()
    if ip in _MAPPED or ip in _NAT64:
        return (_v4(ip, 0),)
    if ip in _SIX_TO_FOUR:
        return (_v4(ip, 80),)
    if ip in _TEREDO:
        return _v4(ip, 64), IPv4Address(int(_v4(ip, 0)) ^ 0xFFFF_FFFF)
    return ()


def last_hops(ip: IPAddress) -> tuple[IPv4Address, ...]:
    """Return the IPv4 address in an ISATAP interface's id, where a router of that network would send the packet on."""
    if isinstance(ip, IPv4Address) or int(_v4(ip, 32)) & ~_EITHER_BIT != _ISATAP:
        return ()
    return (_v4(ip, 0),)


def _v4(ip: IPv6Address, shift: int) -> IPv4Address:
    return IPv4Address(int(ip) >> shift & 0xFFFF_FFFF)
