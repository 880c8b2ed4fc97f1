"""What a company's sign-in says of somebody: who they are, what they may be here, and how surely (decision 0083)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from manyeyes.values.actor import STAFF
from manyeyes.values.text.rules import read_name

_NAMES = ("name", "preferred_username", "email", "sub")  # of claims, the one that a person would use first


def read_role_map(text: str) -> dict[str, str]:
    """Return which group gives which role, from ``GROUP=ROLE, …`` as the settings have it."""
    parts = [each.rpartition("=") for each in text.split(",") if each.strip()]
    return {group.strip(): role.strip() for group, _, role in parts}


def role_of(claims: Mapping[str, Any], claim: str, role_map: Mapping[str, str]) -> str | None:
    """Return the role that somebody's groups give, None for none; ``claim`` names where their groups are told."""
    told = claims.get(claim)
    groups = {each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)}
    given = {role for group, role in role_map.items() if group in groups}
    return next((role for role in STAFF if role in given), None)


def name_of(claims: Mapping[str, Any]) -> str:
    """Return what the company calls somebody, in the one form of names."""
    for claim in _NAMES:
        try:
            return read_name(str(claims.get(claim) or ""))
        except ValueError:
            continue
    return "colleague"


def factors_of(claims: Mapping[str, Any]) -> int:
    """Return how many proofs the company asked for: RFC 8176 says ``mfa`` of several."""
    methods = claims.get("amr")
    return 2 if isinstance(methods, list) and "mfa" in methods else 1


def has_tls(issuer: str, ends: Iterable[str]) -> bool:
    """Tell whether all that a provider names is asked over TLS; one on this machine, by its issuer, may do without.

    What is asked there carries codes and the client's secret, and its keys say whom to believe.
    """
    return issuer.startswith("http://") or all(end.startswith("https://") for end in ends)


def session_mark(issuer: str, sub: str) -> bytes:
    """Return by which a session is known that this sign-in began, and that ends with it."""
    return hashlib.sha256(f"company\x00{issuer}\x00{sub}".encode()).digest()
