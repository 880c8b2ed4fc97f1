"""manyeyes site: begin, verify, list, withdraw, audit; and what is refused."""

import re
from typing import Any

import pytest

from manyeyes.outbound.resolver import SystemResolver
from support.loopback_servers import Names

PROOF = re.compile(r"^manyeyes-site=[A-Za-z0-9_-]{32}$")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """TXT records by name, as every context sees them; no name has an address."""
    records: dict[str, list[str]] = {}
    names = Names({}, records)
    monkeypatch.setattr(SystemResolver, "addresses", lambda self, host: names.addresses(host))
    monkeypatch.setattr(SystemResolver, "texts", lambda self, name, seconds: names.texts(name, seconds))
    return records


def test_a_site_is_begun_proven_listed_audited_and_withdrawn(manyeyes: Any, ann: Any, zone: dict[str, list[str]]):
    added = manyeyes("site", "add", "Shop.Example.", "--account", "Ann", "--json").json
    assert (added["domain"], added["state"], added["account_id"]) == ("shop.example", "pending", ann["account_id"])
    assert (added["txt_name"], added["file"]) == (
        *("_manyeyes.shop.example", "https://shop.example/.well-known/manyeyes-site"),
    )
    assert PROOF.match(added["proof"])
    zone["_manyeyes.shop.example"] = [added["proof"]]
    verified = manyeyes("site", "verify", "shop.example", "--account", "Ann", "--json").json
    assert (verified["state"], verified["proof"]) == ("live", added["proof"])
    assert verified["verified_at"]
    (row,) = manyeyes("site", "list", "--json").json["sites"]
    assert row["state"] == "live"
    assert manyeyes("site", "withdraw", "shop.example", "--account", "Ann", "--json").json["state"] == "withdrawn"
    trail = manyeyes("site", "audit", "shop.example", "--json").json
    assert [event["event"] for event in trail["events"]] == ["withdrawn", "proven", "added"]


def test_people_read_what_to_publish(manyeyes: Any, ann: Any):
    done = manyeyes("site", "add", "bücher.example", "--account", ann["account_id"])
    assert '_manyeyes.xn--bcher-kva.example  TXT  "manyeyes-site=' in done.out
    assert "https://xn--bcher-kva.example/.well-known/manyeyes-site" in done.out
    assert "manyeyes site verify xn--bcher-kva.example" in done.out
    assert "pending" in manyeyes("site", "list", "--account", "Ann").out
    assert "added" in manyeyes("site", "audit", "bücher.example", "--account", "Ann", "--limit", "5").out


def test_again_prints_the_same_token_and_after_a_withdrawal_another(manyeyes: Any, ann: Any):
    tokens = [manyeyes("site", "add", "shop.example", "--account", "Ann", "--json").json["proof"] for _ in range(2)]
    assert tokens[0] == tokens[1]
    manyeyes("site", "withdraw", "shop.example", "--account", "Ann")
    assert manyeyes("site", "add", "shop.example", "--account", "Ann", "--json").json["proof"] != tokens[0]


def test_a_proof_that_is_not_there_is_a_failure_that_says_where_it_looked(
    manyeyes: Any, ann: Any, zone: dict[str, list[str]]
):
    manyeyes("site", "add", "shop.example", "--account", "Ann")
    zone["_manyeyes.shop.example"] = ["manyeyes-site=somebody-else-s"]
    complaint = manyeyes("site", "verify", "shop.example", "--account", "Ann").complaint
    assert "TXT _manyeyes.shop.example" in complaint
    assert "https://shop.example/.well-known/manyeyes-site" in complaint
    trail = manyeyes("site", "audit", "shop.example", "--json").json["events"]
    assert trail[0]["event"] == "absent"


@pytest.mark.parametrize(
    ("domain", "word"),
    [
        ("co.uk", "public suffix"),
        ("com", "public suffix"),
        ("127.0.0.1", "IP address"),
        ("::1", "IP address"),
        ("https://shop.example", "no host name"),
        ("shop.example:443", "no host name"),
        ("shop..example", "no host name"),
        ("", "no host name"),
    ],
)
def test_what_nobody_can_own_is_refused(manyeyes: Any, ann: Any, domain: str, word: str):
    for command in ("add", "verify", "withdraw"):
        assert word in manyeyes("site", command, domain, "--account", "Ann").complaint
    assert word in manyeyes("site", "audit", domain).complaint


def test_what_is_not_there_is_said(manyeyes: Any, ann: Any):
    assert "no account Bob" in manyeyes("site", "add", "shop.example", "--account", "Bob").complaint
    for command in ("verify", "withdraw"):
        assert "manyeyes site add" in manyeyes("site", command, "shop.example", "--account", "Ann").complaint
    assert "nothing is known" in manyeyes("site", "audit", "shop.example").out
    assert manyeyes("site", "list", "--json").json == {"sites": []}
    assert "--limit" in manyeyes("site", "audit", "shop.example", "--limit", "0").complaint


def test_the_account_must_be_named(manyeyes: Any, ann: Any):
    done = manyeyes("site", "add", "shop.example")
    assert (done.code, done.out) == (1, "")
