"""Addresses that customers give, to be called later: what the door could never try is refused when it is given. Pure.

docs/decisions/0038-what-a-customer-meant.md; what the door itself refuses: docs/decisions/0014-one-door-out.md.
"""

import ipaddress
from collections.abc import Sequence

from manyeyes.outbound.networks import Network
from manyeyes.outbound.rules import DoorRefused, destination, why_forbidden
from manyeyes.values.text.rules import without_outer_blanks
from manyeyes.values.web_address import is_ip_address

SETTING = "MANYEYES_ALLOWED_PRIVATE_NETWORKS"  # docs/reference/settings.md
EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))  # as if all networks were allowed
LONGEST_CALLBACK = 2_000  # characters of an address where ends are told, whoever gives it
LOOPBACK = ("127.0.0.1", "::1")  # what the name localhost leads to wherever it is asked (RFC 6761, section 6.3)


def read_given_address(text: str, allowed: Sequence[Network]) -> str:
    """Return the address without blanks at its ends; empty when there is nothing else.

    Raises ValueError with a sentence for one that no try could reach: it cannot be read, its port is not called, or it
    names a place that is not public and not in ``allowed``. Names other than localhost are judged when they are called:
    they may lead elsewhere by then.
    """
    address = without_outer_blanks(text)
    if not address:
        return ""
    try:
        host = destination(address).host
    except DoorRefused as refused:
        raise ValueError(refused.detail) from refused
    why = why_closed(host, allowed)
    if why:
        raise ValueError(
            why if _is_never_open(host) else f"{why}; the operator's setting {SETTING} opens such networks"
        )
    return address


def read_callback_address(text: str, allowed: Sequence[Network]) -> str:
    """Return the address where ends are told, as `read_given_address`; ValueError, too, for one that is too long."""
    if len(without_outer_blanks(text)) > LONGEST_CALLBACK:
        raise ValueError(f"an address has at most {LONGEST_CALLBACK:,} characters")
    return read_given_address(text, allowed)


def why_closed(host: str, allowed: Sequence[Network]) -> str:
    """Return why the door is shut for a host whatever becomes of its name; empty when it may be open."""
    if host == "localhost" or host.endswith(".localhost"):
        reasons = [why_forbidden(ip, allowed) for ip in LOOPBACK]
        return f"{host} is this machine, not a public address" if all(reasons) else ""
    return why_forbidden(host, allowed) if is_ip_address(host) else ""


def _is_never_open(host: str) -> bool:
    """Tell whether no setting opens an address: docs/decisions/0040."""
    return is_ip_address(host) and bool(why_forbidden(host, EVERYWHERE))
