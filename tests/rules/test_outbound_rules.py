"""Where the door may lead: which addresses are read at all, and which of them are public places."""

import ipaddress

import pytest

from manyeyes.outbound.rules import DoorReason, DoorRefused, destination, why_forbidden

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
NOT_PUBLIC = [
    *("127.0.0.1", "127.255.0.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "198.18.0.1", "192.0.2.1", "198.51.100.7", "203.0.113.9", "192.88.99.1"),
    *("224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1"),
    *("100::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a9fe:a9fe::"),
    "2001:0:5db8:d70e:0:0:80ff:fffe",  # Teredo: the last 32 bits are 127.0.0.1, inverted
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str):
    assert why_forbidden(address) == ""


@pytest.mark.parametrize("address", [*NOT_PUBLIC, "example.com", "", "127.1"])
def test_what_is_not_public_may_not(address: str):
    assert why_forbidden(address)


def test_an_allowed_network_opens_itself_and_nothing_else():
    allowed = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/64")]
    assert why_forbidden("10.1.2.3", allowed) == ""
    assert why_forbidden("::ffff:10.1.2.3", allowed) == ""
    assert why_forbidden("fd00::7", allowed) == ""
    assert why_forbidden("10.2.0.1", allowed)
    assert why_forbidden("127.0.0.1", allowed)
    assert why_forbidden("2001:0:a01:203:0:0:80ff:fffe", allowed), "a Teredo server of ours does not open its clients"


def test_the_parts_of_an_address():
    address = destination("HTTPS://WWW.Bücher.example.:8443/a?b=c#d")
    assert (address.scheme, address.host, address.port, address.target) == (
        *("https", "www.xn--bcher-kva.example", 8443, "/a?b=c"),
    )
    assert destination("http://[2606:2800:21f::1]").host == "2606:2800:21f::1"
    assert destination("http://example.com").target == "/"


@pytest.mark.parametrize(("port", "is_called"), [(79, False), (80, True), (443, True), (1023, False), (1024, True)])
def test_the_ports_of_the_web_and_the_free_ones_are_called(port: int, is_called: bool):
    url = f"https://example.com:{port}/"
    if is_called:
        assert destination(url).port == port
        return
    with pytest.raises(DoorRefused) as refused:
        destination(url)
    assert refused.value.reason is DoorReason.BAD_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com:70/"),
        *("http://", "http:///x", "http://user@example.com/", "http://user:word@example.com/", "http://@example.com/"),
        *("http://example.com:0/", "http://example.com:65536/", "http://example.com:22/", "http://example.com:25/"),
        *(
            "http://exa mple.com/",
            "http://example.com\n.org/",
            "http://example.com\t/",
            "http://a..b/",
            "http://-a.com/",
        ),
        *("http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://017700000001/"),
        *("http://0177.0.0.1/", "http://0127.0.0.1/", "http://127.0.0.0x1/", "http://1.2.3.4.5/", "http://a.1/"),
        *("http://[fe80::1%25eth0]/", "http://[::1", "http://[zz]/", "http://xn--zz--.example/", "http://a%2eb.com/"),
        *(
            "http://①②⑦.⓪.⓪.①/",
            "http://" + "a" * 64 + ".com/",
            "http://" + "a." * 130 + "com/",
            "http://example.com\\@b/",
        ),
    ],
)
def test_what_no_two_programs_read_alike_is_not_read(url: str):
    with pytest.raises(DoorRefused) as refused:
        destination(url)
    assert refused.value.reason is DoorReason.BAD_ADDRESS
    assert refused.value.is_lasting
    assert refused.value.detail
