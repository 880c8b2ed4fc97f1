"""The one way out: every connection that this installation opens to somebody else's host begins here.

httpcore, not httpx, carries it: it follows no redirects, keeps no cookies, reads no proxy from the environment and
unpacks nothing, so there is nothing to switch off. docs/decisions/0014 says what is guarded and how.
"""

import asyncio
import functools
import ssl
from collections.abc import Iterable, Mapping, Sequence

import certifi
import httpcore
import msgspec

from manyeyes import __version__
from manyeyes.outbound.resolver import Resolver, SystemResolver
from manyeyes.outbound.rules import DoorReason, DoorRefused, Network, destination, why_forbidden
from manyeyes.values.web_address import WebAddress

LONGEST_SECONDS = 10.0
LARGEST_BYTES = 65_536
MOST_ADDRESSES = 4  # of one host are tried
OWN_HEADERS = {"user-agent": f"manyeyes/{__version__}", "accept-encoding": "identity", "connection": "close"}
_REASONS = (
    (httpcore.TimeoutException, DoorReason.TIMED_OUT),
    (httpcore.ConnectError, DoorReason.UNREACHABLE),
    (httpcore.NetworkError, DoorReason.BROKEN),
    (httpcore.ProtocolError, DoorReason.BROKEN),
)


class HttpReply(msgspec.Struct, frozen=True):
    """What came back, a redirect too. ``headers`` by lower-case name; ``body`` as it was sent, never unpacked.

    ``is_whole``: false when the body was longer than asked for; then it is its beginning.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True


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
    ) -> HttpReply:
        """Send one request and return what came back. Raises `DoorRefused`; redirects are returned, not followed."""
        address = destination(url)
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._judged(address.host)
                return await self._exchange(method, address, found, headers or {}, content, largest_bytes)
        except TimeoutError as error:
            raise DoorRefused(DoorReason.TIMED_OUT, f"{address.host} took more than {self._seconds:g} s") from error
        except tuple(kind for kind, _ in _REASONS) as error:
            raise _refused(address, error) from error

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
        for ip in found:
            why = why_forbidden(ip, self._allowed)
            if why:
                shown = host if host != ip else "the address"
                raise DoorRefused(DoorReason.FORBIDDEN, f"{shown} leads to a forbidden place: {why}")
        if not found:
            raise DoorRefused(DoorReason.NO_SUCH_NAME, f"{host} has no address")
        return found[:MOST_ADDRESSES]

    async def _exchange(
        self, method: str, to: WebAddress, found: list[str], headers: Mapping[str, str], content: bytes, largest: int
    ) -> HttpReply:
        url = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.target)
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._ssl_context or _trusting_public_authorities(),
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Pinned(found),
        )
        sent = content if content or method not in ("GET", "HEAD") else None
        async with pool, pool.stream(method, url, headers=_headers(to, headers), content=sent) as response:
            body = bytearray()
            async for part in response.aiter_stream():
                body += part
                if len(body) > largest:
                    break
            return HttpReply(response.status, _joined(response.headers), bytes(body[:largest]), len(body) <= largest)


class _Pinned(httpcore.AsyncNetworkBackend):
    """Opens connections to addresses that were judged, whatever name it is told."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        for ip in self._addresses[:-1]:
            try:
                return await self._network.connect_tcp(ip, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return await self._network.connect_tcp(self._addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise httpcore.UnsupportedProtocol("the door opens no local sockets")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@functools.cache
def _trusting_public_authorities() -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities, an operator's own among them, and certifi's.

    Certifi's stand in where the system has none.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _headers(to: WebAddress, given: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    host = f"[{to.host}]" if ":" in to.host else to.host
    own = {"host": host if to.is_default_port else f"{host}:{to.port}", **OWN_HEADERS}
    sent = {**own, **{name.lower(): value for name, value in given.items()}}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent.items()]


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _refused(address: WebAddress, error: Exception) -> DoorRefused:
    cause = error.__cause__ or error.__context__
    if isinstance(error, httpcore.ConnectError) and _is_about_tls(error):
        return DoorRefused(DoorReason.TLS_FAILED, f"{address.host}: {error or cause}")
    reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    return DoorRefused(reason, f"{address.host}: {error or cause or type(error).__name__}")


def _is_about_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
