"""manyeyes address: networks that may not call."""

import pytest


def test_block_list_and_unblock(manyeyes):
    assert manyeyes("address", "list", "--json").json == {"blocked": []}
    assert manyeyes("address", "block", "203.0.113.7", "--json").json == {"blocked": "203.0.113.7/32"}
    assert manyeyes("address", "block", "2001:DB8::/32", "--json").json == {"blocked": "2001:db8::/32"}
    assert manyeyes("address", "list", "--json").json == {"blocked": ["2001:db8::/32", "203.0.113.7/32"]}
    assert manyeyes("address", "unblock", "203.0.113.7/32", "--json").json == {"unblocked": "203.0.113.7/32"}
    assert manyeyes("address", "list").out == "2001:db8::/32\n"


def test_blocking_twice_is_blocking_once(manyeyes):
    for _ in range(2):
        assert manyeyes("address", "block", "203.0.113.0/24").code == 0
    assert manyeyes("address", "list", "--json").json == {"blocked": ["203.0.113.0/24"]}


def test_who_is_not_blocked_cannot_be_unblocked(manyeyes):
    assert "is not blocked" in manyeyes("address", "unblock", "203.0.113.7").complaint


@pytest.mark.parametrize("wrong", ["nonsense", "203.0.113.256", "203.0.113.0/33", "", "localhost"])
@pytest.mark.parametrize("command", ["block", "unblock"])
def test_what_is_no_network_is_refused(manyeyes, command, wrong):
    assert "network" in manyeyes("address", command, wrong).complaint
    assert manyeyes("address", "list", "--json").json == {"blocked": []}
