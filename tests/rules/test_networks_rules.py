"""The table of networks that are no places on the internet: each of its edges, alike on every Python."""

import ipaddress
import itertools

import pytest

from manyeyes.outbound import networks
from manyeyes.outbound.networks import METADATA, SPECIAL, Network
from manyeyes.outbound.rules import why_forbidden

# Of IANA's registries, IPv4 and IPv6 Special-Purpose Address Space: every entry, those reachable from everywhere too.
REGISTERED = [
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32"),
    *("192.0.0.171/32", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32"),
    *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
    *("255.255.255.255/32", "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001:1::1/128"),
    *("2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28"),
    *("2001:20::/28", "2001:30::/28", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7"),
    "fe80::/10",
]
CARRYING = ["::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16"]  # judged by the IPv4 address that they carry
OPEN = [
    *("1.1.1.1", "9.255.255.255", "11.0.0.0", "223.255.255.255", "2000::", "2001:200::1", "2001:4860:4860::8888"),
    *("2003::1", "2620:4f:7fff::1", "3ffd::1", "3fff:1000::1"),
]
GIVEN_TO_NOBODY = [
    *("1fff:ffff::1", "4000::1", "::2", "::ffff:0:5db8:d70e", "::5db8:d70e", "64:ff9b::1:0:1", "200::1", "8000::1"),
    *("fe00::1", "fbff::1"),
]
PUBLIC, INSIDE = ipaddress.IPv4Address("93.184.215.14"), ipaddress.IPv4Address("10.1.2.3")


def edges(network: Network) -> tuple[list[str], list[str]]:
    """The first and the last address of a network, and their neighbours outside of it."""
    first, last = int(network[0]), int(network[-1])
    kind, most = type(network[0]), 2**network.max_prefixlen - 1
    return [str(kind(first)), str(kind(last))], [str(kind(n)) for n in (first - 1, last + 1) if 0 <= n <= most]


@pytest.mark.parametrize(("network", "use"), SPECIAL, ids=str)
def test_each_network_is_refused_from_its_first_to_its_last_address_and_no_further(network: Network, use: str):
    inside, outside = edges(network)
    for address in inside:
        if not networks.stands_for(ipaddress.ip_address(address)):
            assert "is not a public address" in why_forbidden(address)
    others = [other for other, _ in SPECIAL if other != network]
    for address in outside:
        ip = ipaddress.ip_address(address)
        is_open = not why_forbidden(address)
        is_elsewhere = any(ip in other for other in others) or (ip.version == 6 and ip not in networks.GLOBAL_UNICAST)
        assert is_open or is_elsewhere or networks.stands_for(ip), f"{address} is outside of {network} ({use})"


@pytest.mark.parametrize("network", [*map(ipaddress.ip_network, REGISTERED)], ids=str)
def test_what_is_registered_is_refused(network: Network):
    for address in edges(network)[0]:
        assert why_forbidden(address)


@pytest.mark.parametrize("address", OPEN)
def test_a_place_on_the_internet_may_be_called(address: str):
    assert why_forbidden(address) == ""


@pytest.mark.parametrize("address", GIVEN_TO_NOBODY)
def test_what_was_given_out_for_no_hosts_may_not(address: str):
    assert "only 2000::/3" in why_forbidden(address) or "given up" in why_forbidden(address)


def carriers(v4: ipaddress.IPv4Address) -> dict[str, str]:
    """The IPv6 addresses that lead to an IPv4 one, each by the way it leads there."""
    ways = {
        "mapped": 0xFFFF << 32 | int(v4),
        "NAT64": 0x64_FF9B << 96 | int(v4),
        "6to4": 0x2002 << 112 | int(v4) << 80 | 1,
        "Teredo client": 0x2001_0000 << 96 | int(PUBLIC) << 64 | int(v4) ^ 0xFFFF_FFFF,
        "Teredo server": 0x2001_0000 << 96 | int(v4) << 64 | int(PUBLIC) ^ 0xFFFF_FFFF,
        **{f"ISATAP {bits}": 0x2606_2800 << 96 | bits << 56 | 0x5EFE << 32 | int(v4) for bits in range(4)},
    }
    return {way: str(ipaddress.IPv6Address(number)) for way, number in ways.items()}


@pytest.mark.parametrize("way", carriers(PUBLIC))
def test_an_address_that_leads_to_another_is_judged_by_where_it_leads(way: str):
    assert why_forbidden(carriers(PUBLIC)[way]) == ""
    assert "10.1.2.3" in why_forbidden(carriers(INSIDE)[way])
    for network, _ in SPECIAL:
        if network.version == 4:
            for address in edges(network)[0]:
                assert why_forbidden(carriers(ipaddress.IPv4Address(address))[way]), (way, address)
    for address in ("169.254.169.254", "168.63.129.16", "192.0.0.192", "100.100.100.200"):
        assert "secrets" in why_forbidden(carriers(ipaddress.IPv4Address(address))[way])


@pytest.mark.parametrize("network", [*map(ipaddress.ip_network, CARRYING)], ids=str)
def test_what_lies_beside_a_carrier_carries_nothing(network: Network):
    for address in edges(network)[0]:
        assert networks.stands_for(ipaddress.ip_address(address))
    for address in edges(network)[1]:
        assert not networks.stands_for(ipaddress.ip_address(address))


@pytest.mark.parametrize("network", METADATA, ids=str)
def test_no_setting_opens_what_tells_a_machine_its_secrets(network: Network):
    everything = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"), network]
    for address in edges(network)[0]:
        assert "secrets" in why_forbidden(address)
        assert "secrets" in why_forbidden(address, everything)
    for address in edges(network)[1]:
        assert why_forbidden(address, everything) == "" or networks.is_metadata(ipaddress.ip_address(address))


def test_an_allowed_network_opens_what_leads_to_it_by_a_translation():
    allowed = [ipaddress.ip_network("10.1.0.0/16")]
    opened = {way for way, address in carriers(INSIDE).items() if not why_forbidden(address, allowed)}
    assert opened == {*carriers(INSIDE)}
    beside = carriers(ipaddress.IPv4Address("10.2.0.1"))
    assert not [way for way, address in beside.items() if not why_forbidden(address, allowed)]


def test_nothing_is_asked_of_the_interpreter(monkeypatch: pytest.MonkeyPatch):
    """What a Python thinks of an address, and takes out of it, may be anything."""
    asked = [
        *("is_global", "is_private", "is_reserved", "is_multicast", "is_loopback", "is_link_local", "is_unspecified"),
        *("is_site_local", "ipv4_mapped", "sixtofour", "teredo", "ipv6_mapped"),
    ]
    for kind, name in itertools.product((ipaddress.IPv4Address, ipaddress.IPv6Address), asked):
        if hasattr(kind, name):
            monkeypatch.setattr(kind, name, property(lambda self: pytest.fail("asked")))
    for network in [*map(ipaddress.ip_network, [*REGISTERED, *CARRYING]), *METADATA]:
        for address in [*edges(network)[0], *edges(network)[1]]:
            why_forbidden(address)
    assert why_forbidden(str(PUBLIC)) == ""
