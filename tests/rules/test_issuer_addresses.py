"""MANYEYES_OIDC_ISSUER: the parts of the address count, not how it begins."""

import pytest

from manyeyes.settings import Settings, from_environment
from manyeyes.workers.identities.rules import has_tls


def given(issuer: str) -> Settings:
    company = {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": "house",
        "OIDC_CLIENT_SECRET": "s",
        "PUBLIC_URL": "https://a.test",
    }
    return from_environment({f"MANYEYES_{name}": value for name, value in company.items()})


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example",
        "https://id.example:8443/realms/house/",
        "http://127.0.0.1:9000",
        "http://localhost",
        "http://[::1]:9000/x",
    ],
)
def test_a_provider_elsewhere_has_tls_and_one_here_may_do_without(issuer: str):
    assert given(issuer).oidc_issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://[::1]@evil.example",
        "http://127.0.0.1:9000@evil.example",
        "https://",
        "https:///realms/house",
        "https://user:password@id.example",
        "https://@id.example",
        "https://id.example?x=1",
        "https://id.example/?",
        "https://id.example#x",
        "https://id.example/#",
        "https://id.example:port",
        "https://[id.example",
        "https://id.exa\tmple",
        " https://id.example",
        "https://id example",
        "https://id.example:99999",
        "ftp://id.example",
        "id.example",
    ],
)
def test_what_is_no_such_address_is_refused_by_its_name(issuer: str):
    with pytest.raises(ValueError, match="MANYEYES_OIDC_ISSUER: "):
        given(issuer)


def test_a_provider_with_tls_names_nothing_without():
    assert has_tls("https://id.example", ["https://id.example/token", "https://keys.example"])
    for end in ("http://id.example/token", "HTTP://id.example", "javascript:x", ""):
        assert not has_tls("https://id.example", ["https://id.example/auth", end])
    assert has_tls("http://127.0.0.1:9000", ["http://127.0.0.1:9000/token"])
