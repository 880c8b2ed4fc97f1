"""The mail server that notices are handed to, as the operator names it in the settings."""

import ipaddress
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import msgspec

TLS, STARTTLS, PLAIN = "smtps", "smtp", "smtp-plain"  # from the first byte; after a greeting, always; never
PORTS = {TLS: 465, STARTTLS: 587, PLAIN: 25}


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """``security``: `TLS`, `STARTTLS` or `PLAIN`. ``user`` empty: nobody signs in. ``sender``: From, as written."""

    host: str
    port: int
    security: str
    user: str
    sender: str

    @property
    def sender_address(self) -> str:
        """Return the sender's address alone, for the envelope."""
        return parseaddr(self.sender)[1]

    @property
    def place(self) -> str:
        """Return ``host:port`` as people read it."""
        return f"{self.host}:{self.port}"


def read_mail_server(url: str, sender: str) -> MailServer:
    """Return the server in ``smtp://USER@HOST:PORT`` and what it sends as. Raises ValueError with what does not fit."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("write smtp://USER@HOST:587 (STARTTLS) or smtps://USER@HOST:465 (TLS)")
    if parts.password is not None:
        raise ValueError("the password stands in the file of MANYEYES_SMTP_PASSWORD_FILE, never in the address")
    if parts.scheme == PLAIN and not _is_here(parts.hostname):
        raise ValueError("smtp-plain:// sends in clear, and is for a server on this machine alone")
    found = MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        security=parts.scheme,
        user=unquote(parts.username or ""),
        sender=sender.strip(),
    )
    if "@" not in found.sender_address or not found.sender.isprintable():
        raise ValueError("it needs MANYEYES_SMTP_SENDER, an address such as manyeyes <notices@example.org>")
    return found


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
