"""The one way out: every connection that this installation opens to somebody else's host begins here.

docs/decisions/0014 and 0040 say what is guarded and how.
"""

import asyncio
import functools
import ssl
from collections.abc import Mapping, Sequence

import certifi

from manyeyes import __version__
from manyeyes.outbound.exchange import BrokenReply, HttpReply, receive, written
from manyeyes.outbound.networks import Network
from manyeyes.outbound.resolver import Resolver, SystemResolver
from manyeyes.outbound.rules import DoorReason, DoorRefused, destination, why_forbidden
from manyeyes.values.web_address import WebAddress

LONGEST_SECONDS = 10.0
LARGEST_BYTES = 65_536
MOST_ADDRESSES = 64  # that a name may have: each is judged
MOST_TRIED = 4  # of them
READ_AHEAD = 32_768  # bytes of a reply that wait in memory at most, about
OWN_HEADERS = {"user-agent": f"manyeyes/{__version__}", "accept-encoding": "identity", "connection": "close"}


class Door:
    """Resolves a name once, judges every address it has, and connects to those addresses alone."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolver: Resolver | None = None,
        seconds: float = LONGEST_SECONDS,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take what the door goes by; ``seconds`` are for one whole call.

        ``allowed``: networks that may be called though they are not public.
        """
        self._allowed, self._seconds = tuple(allowed), seconds
        self._resolver = resolver or SystemResolver()
        self._ssl_context = ssl_context

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        largest_bytes: int = LARGEST_BYTES,
        target: str = "",
    ) -> HttpReply:
        """Send one request and return what came back. Raises `DoorRefused`; redirects are returned, not followed.

        ``target``: path and query, encoded, as they were signed and must go out; else those of the address.
        """
        address = destination(url)
        try:
            request = written(
                method, target or address.target, {**_own_headers(address), **_lower(headers or {})}, content
            )
        except ValueError as error:
            raise DoorRefused(DoorReason.BROKEN, f"{address.host} was not asked: {error}") from error
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._judged(address.host)
                return await self._exchange(address, found, request, largest_bytes)
        except TimeoutError as error:
            raise DoorRefused(DoorReason.TIMED_OUT, f"{address.host} took more than {self._seconds:g} s") from error
        except ssl.SSLError as error:
            raise DoorRefused(DoorReason.TLS_FAILED, f"{address.host}: {error}") from error
        except (BrokenReply, OSError) as error:
            raise DoorRefused(DoorReason.BROKEN, f"{address.host}: {error or type(error).__name__}") from error

    async def txt(self, name: str) -> list[str]:
        """Return the TXT records of a name, none when there are none. Raises `DoorRefused` when nobody knows."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._resolver.texts(name, self._seconds)
        except TimeoutError as error:
            raise DoorRefused(DoorReason.RESOLVER_FAILED, f"{name}: no name server answered") from error

    async def _judged(self, host: str) -> list[str]:
        """Return the host's addresses. Raises `DoorRefused` when one of them is forbidden: no honest name needs one."""
        found = await self._resolver.addresses(host)
        if len(found) > MOST_ADDRESSES:
            raise DoorRefused(DoorReason.FORBIDDEN, f"{host} has more than {MOST_ADDRESSES} addresses")
        for ip in found:
            why = why_forbidden(ip, self._allowed)
            if why:
                shown = host if host != ip else "the address"
                raise DoorRefused(DoorReason.FORBIDDEN, f"{shown} leads to a forbidden place: {why}")
        if not found:
            raise DoorRefused(DoorReason.NO_SUCH_NAME, f"{host} has no address")
        return found[:MOST_TRIED]

    async def _exchange(self, to: WebAddress, found: list[str], request: bytes, largest: int) -> HttpReply:
        reader, writer = await self._connected(to, found)
        try:
            writer.write(request)  # and not waited for: whoever replies before they have read all of it is heard
            return await receive(reader, largest)
        finally:
            writer.transport.abort()  # nobody waits for a peer's farewell

    async def _connected(self, to: WebAddress, found: list[str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection to one of the judged addresses, whatever the name means by now."""
        context = (self._ssl_context or trusting_public_authorities()) if to.scheme == "https" else None
        name = to.host if context else None
        failed: OSError | None = None
        for ip in found:
            try:
                return await asyncio.open_connection(
                    ip, to.port, ssl=context, server_hostname=name, limit=READ_AHEAD // 2
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                failed = error
        raise DoorRefused(DoorReason.UNREACHABLE, f"{to.host}: {failed}") from failed


@functools.cache
def trusting_public_authorities() -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities, an operator's own among them, and certifi's.

    Certifi's stand in where the system has none.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _own_headers(to: WebAddress) -> dict[str, str]:
    host = f"[{to.host}]" if ":" in to.host else to.host
    return {"host": host if to.is_default_port else f"{host}:{to.port}", **OWN_HEADERS}


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
