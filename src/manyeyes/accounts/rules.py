"""Who a caller is and from where they may call."""

import functools
import hashlib
import ipaddress
import secrets
from collections.abc import Iterable

from manyeyes.values.text.rules import without_outer_blanks

KEY_BYTES = 16  # docs/decisions/0025#keys: 32 hexadecimal characters
HINT_CHARACTERS = 4
TOKEN_BYTES = 24
# What a key opens, named as /v1 names it (docs/decisions/0048): a key has all of them unless it is made with fewer.
TASKS_READ, TASKS_WRITE, MONEY_READ, WEBHOOKS = "tasks:read", "tasks:write", "money:read", "webhooks"
EVERY_SCOPE = (TASKS_READ, TASKS_WRITE, MONEY_READ, WEBHOOKS)
# What people alone may do, signed in at the pages; no key has these (docs/decisions/0077).
MONEY_ASK, MANAGE = "money:ask", "account:manage"
_LONGEST_KNOWN = 45  # characters of an address that is remembered: IPv6 has no more
USUAL_KEEP_DAYS, LONGEST_KEEP_DAYS = 90, 3_650  # days that answers can be read (docs/decisions/0050)


def digest(secret: str) -> bytes:
    """Return what is stored of a key, token or link: its SHA-256. They are long and random, so no salt is needed.

    What copying left at its ends does not count, wherever it is sent (docs/decisions/0038-what-a-customer-meant.md).
    """
    return hashlib.sha256(without_outer_blanks(secret).encode("utf-8", "surrogatepass")).digest()


def new_key() -> str:
    """Return a fresh client key, 32 hexadecimal characters; it is shown once."""
    return secrets.token_hex(KEY_BYTES)


def hint_of(key: str) -> str:
    """Return by what its people recognise a key once it is hidden: its last four characters."""
    return key[-HINT_CHARACTERS:]


def new_token() -> str:
    """Return a fresh token for a worker, a link or a console session, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@functools.lru_cache(maxsize=16_384)
def canonical_address(address: str) -> str:
    """Return one spelling per IP address (an IPv4 address inside IPv6 as IPv4); the text itself when it is none."""
    return _known_spelling(address) if len(address) <= _LONGEST_KNOWN else _spelling(address)


def _spelling(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip)


_known_spelling = functools.lru_cache(maxsize=4096)(_spelling)  # each call of somebody's asks for the same one


def canonical_network(text: str) -> str:
    """Return one spelling per network, such as ``203.0.113.0/24``; a single address is a network of one.

    Raises ValueError for anything else: it must never reach `is_within`.
    """
    return str(ipaddress.ip_network(text, strict=False))


def read_scopes(names: Iterable[str]) -> tuple[str, ...]:
    """Return scopes in their usual order; none named is all of them. Raises ValueError for one that there is not."""
    said = set(names)
    unknown = said - set(EVERY_SCOPE)
    if unknown:
        raise ValueError(f"{min(unknown)!r} is no scope; there are {', '.join(EVERY_SCOPE)}")
    return tuple(scope for scope in EVERY_SCOPE if scope in said or not said)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Tell whether ``address`` lies in one of ``networks`` (CIDR); an unreadable address lies in none."""
    wanted = list(networks)
    if not wanted:
        return False
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(network) for network in wanted)
