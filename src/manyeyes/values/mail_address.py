"""E-mail addresses as strangers type them, in their one spelling (RFC 5321, what mail servers really take of it)."""

import re

import idna

LONGEST_ADDRESS = 254
LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def read_mail_address(text: str) -> str:
    """Return an address with its host in lower-case ASCII. Raises ValueError with what does not fit."""
    local, at, host = text.strip().rpartition("@")
    if not at or not host:
        raise ValueError("write an e-mail address such as ann@example.org")
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local) or "=?" in local:  # that begins an encoded word
        raise ValueError("what stands before the @ must be letters, digits and signs of ASCII without blanks")
    try:
        name = idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise ValueError(f"{host[:60]!r} is no host of an e-mail address") from error
    if "." not in name or name.rpartition(".")[2].isdigit():
        raise ValueError(f"{name[:60]!r} is no host of an e-mail address")
    if len(local) + len(name) + 1 > LONGEST_ADDRESS:
        raise ValueError(f"an e-mail address has at most {LONGEST_ADDRESS} characters")
    return f"{local}@{name}"
