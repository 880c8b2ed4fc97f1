"""TXT records by dnspython, which is loaded with the first question: few processes ever ask one."""

import dns.asyncresolver
import dns.exception
import dns.resolver

from manyeyes.outbound.rules import DoorReason, DoorRefused


async def text_records(name: str, seconds: float, nameserver: tuple[str, int] | None) -> list[str]:
    """Return the TXT records of a name, each in one piece, as `Resolver.texts` says.

    ``nameserver``: address and port of who is asked; None: whom this machine asks.
    """
    try:
        answer = await _resolver(nameserver).resolve(f"{name}.", "TXT", lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DoorRefused(DoorReason.RESOLVER_FAILED, f"{name}: {error}") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver(nameserver: tuple[str, int] | None) -> dns.asyncresolver.Resolver:
    if nameserver is None:
        return dns.asyncresolver.Resolver()
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [nameserver[0]], nameserver[1]
    return resolver
