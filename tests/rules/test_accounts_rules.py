"""Keys and addresses."""

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.accounts.rules import canonical_address, canonical_network, digest, is_within, new_key, new_token
from manyeyes.values.text.rules import without_outer_blanks

ADDRESSES = st.ip_addresses().map(str)


def test_a_key_has_32_hexadecimal_characters_and_no_twin():
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_a_token_stands_in_an_address_unchanged():
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch("[A-Za-z0-9_-]{32}", token) for token in tokens)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_secret_is_known_by_its_digest_alone(one: str, other: str):
    assert len(digest(one)) == 32
    assert (digest(one) == digest(other)) == (without_outer_blanks(one) == without_outer_blanks(other))


@given(ADDRESSES)
def test_an_address_has_one_spelling(address: str):
    once = canonical_address(address)
    assert canonical_address(once) == once
    assert canonical_address(f" {address} ") == once
    assert canonical_address(str(ipaddress.ip_address(address).exploded)) == once


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_the_ipv4_address(address):
    assert canonical_address(f"::ffff:{address}") == str(address)


@given(st.text(max_size=20))
def test_any_text_has_a_spelling_and_lies_within_nothing_unless_it_is_an_address(text: str):
    assert isinstance(canonical_address(text), str)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_within(text, ["0.0.0.0/0", "::/0"])


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_lies_in_its_own_networks(address, bits: int):
    network = str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
    assert is_within(str(address), [network])
    assert not is_within(str(address), [])
    assert not is_within(str(address), ["2001:db8::/32"])


@pytest.mark.parametrize("address", ["203.0.114.1", "203.0.112.255", "::1", "nonsense", ""])
def test_what_lies_outside_lies_outside(address: str):
    assert not is_within(address, ["203.0.113.0/24"])


@pytest.mark.parametrize(
    ("text", "network"),
    [("203.0.113.7/24", "203.0.113.0/24"), ("203.0.113.7", "203.0.113.7/32"), ("2001:DB8::1/64", "2001:db8::/64")],
)
def test_a_network_has_one_spelling_whichever_of_its_addresses_is_written(text: str, network: str):
    assert canonical_network(text) == network
