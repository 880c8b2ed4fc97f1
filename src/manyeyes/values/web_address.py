"""One reading of web addresses and host names for all who judge them: what is judged is what is used."""

import ipaddress
import re

import httpx
import idna
import msgspec

DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_PORT = re.compile(r"\A(?:\[[^\[\]]*\]|[^:]*)(?::[0-9]*)?\Z")  # behind a host, or an IPv6 address in its brackets
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


class WebAddress(msgspec.Struct, frozen=True):
    """An http or https address in its parts. ``host``: lower-case ASCII without a dot at its end, or an IP address."""

    scheme: str
    host: str
    port: int
    target: str  # path and query

    @property
    def is_default_port(self) -> bool:
        """Tell whether the port is the scheme's own, which an address need not name."""
        return self.port == DEFAULT_PORTS[self.scheme]

    @property
    def origin(self) -> str:
        """Return scheme and host, with the port that is not the scheme's own, as an Origin header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" if self.is_default_port else f"{self.scheme}://{host}:{self.port}"


def read_web_address(text: str) -> WebAddress:
    """Return the parts of an absolute http or https address. Raises ValueError with a sentence on what is wrong."""
    if not text.isprintable() or any(c.isspace() for c in text):
        raise ValueError("it holds blanks or control characters")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error
    if url.scheme not in DEFAULT_PORTS or "://" not in text:
        raise ValueError("it must begin with http:// or https://")
    authority = re.split("[/?#]", text.split("://", 1)[1], maxsplit=1)[0]
    if url.userinfo or "@" in authority:
        raise ValueError("it must not carry a user name or password")
    if not _PORT.search(authority):  # int() reads "+80", "8_0" and digits of other scripts
        raise ValueError("a port is written in the digits 0 to 9")
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 65536:
        raise ValueError(f"there is no port {port}")
    return WebAddress(url.scheme, _ascii_host(url.raw_host.decode("ascii")), port, url.raw_path.decode("ascii"))


def read_origin(text: str) -> WebAddress:
    """Return the one origin that an Origin header names: scheme, host and port alone (RFC 6454, 6.1).

    Raises ValueError for `null`, for several, and for whatever no browser writes.
    """
    found = read_web_address(text)
    if text != text.lower() or not text.isascii() or text.count("/") != 2 or re.search(r"[?#]|:$", text):
        raise ValueError("an origin is a scheme, a host and a port")
    return found


def place_of(text: str) -> tuple[str, int] | None:
    """Return host and port of a web address; None when it has none that can be read."""
    try:
        found = read_web_address(text)
    except ValueError:
        return None
    return found.host, found.port


def canonical_host(text: str) -> str:
    """Return the one spelling of a host name or IP address: lower case, IDNA, no dot at the end. Raises ValueError."""
    name = text.strip()
    address = name.removeprefix("[").removesuffix("]")
    if is_ip_address(address):
        return str(ipaddress.ip_address(address))
    if not name or re.search(r"[\s/?#@:\[\]\\]", name):
        raise ValueError(f"{text!r} is no host name")
    return read_web_address(f"https://{name}/").host


def is_ip_address(host: str) -> bool:
    """Tell whether a canonical host is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ascii_host(raw: str) -> str:
    host = raw.lower().removesuffix(".")
    if ":" in host:
        return _ipv6(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{raw[:80]!r} is no host name")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(host)
    for label in labels:
        if label.startswith("xn--"):
            _check_idna(label)
    return host


def _ipv6(host: str) -> str:
    try:
        found = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise ValueError(f"{host[:80]!r} is no IP address") from error
    if found.scope_id is not None:
        raise ValueError(f"{host[:80]!r} means something on one machine only")
    return str(found)


def _ipv4(host: str) -> str:
    """Return an IPv4 address in its one spelling. Raises ValueError for any other number.

    What C libraries read besides (127.1, 0x7f.1, 017700000001) names a place that others read differently.
    """
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise ValueError(f"{host[:80]!r} is no IP address; write it as four decimal numbers") from error


def _check_idna(label: str) -> None:
    try:
        idna.decode(label)
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(f"{label!r} is no host name: {error}") from error
