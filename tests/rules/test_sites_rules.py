"""Whose site is whose: names, what a proof covers, what a check means, and when it is looked for again."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.sites.rules import (
    CHECK_SECONDS,
    PROOF_SECONDS,
    RETRY_SECONDS,
    ProofFinding,
    ProofLookup,
    Site,
    SiteEvent,
    SiteState,
    Way,
    after_check,
    candidates,
    conclude,
    covering,
    holds_proof,
    how_to_prove,
    is_live,
    read_domain,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FOUND, ABSENT, UNKNOWN = ProofLookup.FOUND, ProofLookup.ABSENT, ProofLookup.UNKNOWN


def site(domain: str = "shop.example", state: SiteState = SiteState.LIVE, way: Way = Way.DNS, **given: object) -> Site:
    proven = NOW if state is SiteState.LIVE else None
    return Site(
        **{
            **msgspec.structs.asdict(
                Site(
                    account_id=1,
                    domain=domain,
                    token="t",
                    state=state,
                    proven_by=way,
                    created_at=NOW,
                    verified_at=proven,
                )
            ),
            **given,
        }
    )


def seen(dns: ProofLookup, web: ProofLookup) -> ProofFinding:
    return ProofFinding(dns, web, "as seen")


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("shop.example", "shop.example"),
        ("  Shop.EXAMPLE. ", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("www.shop.co.uk", "www.shop.co.uk"),
        ("ann.github.io", "ann.github.io"),
        ("intra.corp", "intra.corp"),
    ],
)
def test_a_domain_has_one_spelling(text: str, domain: str):
    assert read_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "com", "co.uk", "github.io", "localhost", "example", "127.0.0.1", "::1", "[::1]", "2130706433"),
        *(
            "0x7f.1",
            "https://shop.example",
            "shop.example/path",
            "shop.example:8443",
            "user@shop.example",
            "*.shop.example",
        ),
        *("shop..example", "-shop.example", "shop_1.example", "xn--zz--.example", "a b.example", "a" * 64 + ".example"),
    ],
)
def test_what_nobody_can_own_is_no_domain(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        read_domain(text)


def test_a_host_may_be_covered_by_itself_and_its_parents_down_to_the_registered_one():
    assert candidates("a.b.shop.example") == ["a.b.shop.example", "b.shop.example", "shop.example"]
    assert candidates("www.shop.co.uk") == ["www.shop.co.uk", "shop.co.uk"]
    assert candidates("ann.github.io") == ["ann.github.io"]
    for host in ("github.io", "co.uk", "localhost", "192.0.2.1", "2001:db8::1"):
        assert candidates(host) == []


def test_a_record_covers_the_hosts_below_and_a_file_one_host():
    record, file = site("shop.example"), site("shop.example", way=Way.WEB)
    assert covering("shop.example", [record], NOW) == record
    assert covering("www.shop.example", [record], NOW) == record
    assert covering("shop.example", [file], NOW) == file
    assert covering("www.shop.example", [file], NOW) is None
    assert covering("shop.example", [site("www.shop.example")], NOW) is None
    assert covering("myshop.example", [record], NOW) is None
    assert covering("shop.example.attacker.example", [record], NOW) is None
    assert "which says nothing of www.shop.example" in how_to_prove("www.shop.example", [file], NOW)


def test_the_nearest_site_counts():
    near, far = site("www.shop.example", way=Way.WEB), site("shop.example")
    assert covering("www.shop.example", [far, near], NOW) == near
    assert covering("a.www.shop.example", [far, near], NOW) == far


@pytest.mark.parametrize("state", [SiteState.PENDING, SiteState.LOST, SiteState.WITHDRAWN])
def test_only_a_live_site_covers(state: SiteState):
    assert covering("shop.example", [site(state=state)], NOW) is None
    assert how_to_prove("shop.example", [site(state=state)], NOW)


def test_a_proof_that_was_not_found_for_two_days_is_stale():
    assert is_live(site(), NOW + timedelta(seconds=PROOF_SECONDS - 1))
    assert not is_live(site(), NOW + timedelta(seconds=PROOF_SECONDS))
    assert "no longer proven" in how_to_prove("shop.example", [site()], NOW + timedelta(seconds=PROOF_SECONDS))


def test_the_customer_is_told_what_to_do():
    assert "manyeyes site add shop.example" in how_to_prove("shop.example", [], NOW)
    pending = how_to_prove("shop.example", [site(state=SiteState.PENDING)], NOW)
    assert "manyeyes-site=t" in pending
    assert "_manyeyes.shop.example" in pending
    assert "https://shop.example/.well-known/manyeyes-site" in pending
    assert "manyeyes site add shop.example`" in how_to_prove("_x.shop.example", [], NOW)


@pytest.mark.parametrize("host", ["203.0.113.5", "2001:db8::1", "localhost", "co.uk", "github.io"])
def test_the_customer_is_told_when_there_is_nothing_to_do(host: str):
    with pytest.raises(ValueError, match=re.escape(host)):
        read_domain(host)
    assert "nobody can prove control of " + host in how_to_prove(host, [], NOW)
    assert "site add" not in how_to_prove(host, [], NOW)


def test_the_proof_is_a_line_of_its_own():
    assert holds_proof(["v=spf1 -all", "manyeyes-site=t"], "t")
    assert holds_proof([' "manyeyes-site=t" '], "t")
    for line in ("manyeyes-site=tt", "manyeyes-site=", "x manyeyes-site=t", "MANYEYES-SITE=t", "t", ""):
        assert not holds_proof([line], "t")


@pytest.mark.parametrize(
    ("dns", "web", "proven_by", "outcome"),
    [
        (FOUND, ABSENT, Way.NONE, (FOUND, Way.DNS)),
        (FOUND, FOUND, Way.WEB, (FOUND, Way.DNS)),
        (UNKNOWN, FOUND, Way.DNS, (FOUND, Way.WEB)),
        (ABSENT, ABSENT, Way.NONE, (ABSENT, Way.NONE)),
        (ABSENT, UNKNOWN, Way.NONE, (UNKNOWN, Way.NONE)),
        (ABSENT, UNKNOWN, Way.DNS, (ABSENT, Way.NONE)),
        (UNKNOWN, ABSENT, Way.DNS, (UNKNOWN, Way.NONE)),
        (UNKNOWN, ABSENT, Way.WEB, (ABSENT, Way.NONE)),
        (ABSENT, UNKNOWN, Way.WEB, (UNKNOWN, Way.NONE)),
        (UNKNOWN, UNKNOWN, Way.WEB, (UNKNOWN, Way.NONE)),
    ],
)
def test_absence_is_certain_where_the_proof_was(
    dns: ProofLookup, web: ProofLookup, proven_by: Way, outcome: tuple[ProofLookup, Way]
):
    assert conclude(seen(dns, web), proven_by) == outcome


def test_what_is_found_is_looked_for_again_within_a_day():
    for jitter in (0.0, 1.0):
        found, event = after_check(site(state=SiteState.PENDING, way=Way.NONE), seen(FOUND, ABSENT), NOW, jitter)
        assert (found.state, found.proven_by, found.verified_at, event) == (
            *(SiteState.LIVE, Way.DNS, NOW, SiteEvent.PROVEN),
        )
        assert found.check_at is not None
        assert 0.9 * CHECK_SECONDS <= (found.check_at - NOW).total_seconds() <= CHECK_SECONDS


def test_a_definite_absence_ends_a_proof_at_once():
    lost, event = after_check(site(), seen(ABSENT, UNKNOWN), NOW, 0.5)
    assert (lost.state, lost.swept, event) == (SiteState.LOST, False, SiteEvent.ABSENT)
    assert lost.check_at is not None


@pytest.mark.parametrize("is_swept", [False, True])
def test_a_second_absence_forgets_no_open_task_and_ends_none_anew(is_swept: bool):
    lost, _ = after_check(site(state=SiteState.LOST, swept=is_swept), seen(ABSENT, ABSENT), NOW, 0.5)
    assert (lost.state, lost.swept) == (SiteState.LOST, is_swept)


def test_three_quick_retries_and_then_the_proof_is_lost():
    known = site()
    for seconds in RETRY_SECONDS:
        known, event = after_check(known, seen(UNKNOWN, UNKNOWN), NOW, 0.5)
        assert (known.state, event, known.swept) == (SiteState.LIVE, SiteEvent.UNKNOWN, True)
        assert known.check_at == NOW + timedelta(seconds=seconds)
    known, _ = after_check(known, seen(UNKNOWN, UNKNOWN), NOW, 0.5)
    assert (known.state, known.swept, known.failures) == (SiteState.LOST, False, 0)
    found, _ = after_check(known, seen(ABSENT, FOUND), NOW, 0.5)
    assert (found.state, found.proven_by) == (SiteState.LIVE, Way.WEB)


def test_an_answer_between_retries_begins_the_count_anew():
    known, _ = after_check(site(), seen(UNKNOWN, UNKNOWN), NOW, 0.5)
    known, _ = after_check(known, seen(FOUND, ABSENT), NOW, 0.5)
    assert (known.state, known.failures) == (SiteState.LIVE, 0)


def test_a_site_that_was_never_proven_waits_for_somebody_to_ask():
    for finding in (seen(ABSENT, ABSENT), seen(UNKNOWN, UNKNOWN)):
        pending, _ = after_check(site(state=SiteState.PENDING, way=Way.NONE), finding, NOW, 0.5)
        assert (pending.state, pending.check_at, pending.swept) == (SiteState.PENDING, None, True)


@given(
    st.sampled_from(ProofLookup),
    st.sampled_from(ProofLookup),
    st.sampled_from(Way),
    st.sampled_from(SiteState),
    st.floats(0, 1),
)
def test_nothing_but_finding_the_proof_makes_a_site_live(
    dns: ProofLookup, web: ProofLookup, way: Way, state: SiteState, jitter: float
):
    before = site(state=state, way=way)
    after, _ = after_check(before, seen(dns, web), NOW, jitter)
    if after.state is SiteState.LIVE and before.state is not SiteState.LIVE:
        assert FOUND in (dns, web)
    if before.state is SiteState.LIVE and after.state is not SiteState.LIVE:
        assert not after.swept
